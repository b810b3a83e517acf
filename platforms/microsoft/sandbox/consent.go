package sandbox

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// grants are the consents given in the tenant.
type grants struct {
	mu    sync.Mutex
	all   map[string]map[string]bool            // app -> delegated permissions, for everybody
	one   map[string]map[string]map[string]bool // app -> account -> delegated permissions
	roles map[string]map[string]bool            // app -> application permissions
	hub   *app                                  // whose consents can be hidden
	hid   map[hiding]bool
}

func newGrants(hub *app) *grants {
	return &grants{hub: hub, hid: map[hiding]bool{}, all: map[string]map[string]bool{}, one: map[string]map[string]map[string]bool{}, roles: map[string]map[string]bool{}}
}

// hiding takes consents of the tested registration out of sight, until somebody
// consents again.
type hiding int

const (
	hideAll  hiding = iota // none was ever given
	hideSome               // some were revoked
	hideLast               // they are older than the last entry of the registration
)

func (g *grants) hide(h hiding, on bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hid[h] = on
}

func (g *grants) hides(h hiding) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.hid[h]
}

// seen lists the permissions of a set that are in sight, ascending. listed is
// the registration's list of that kind. Callers hold the lock.
func (g *grants) seen(a *app, set map[string]bool, listed []string) []string {
	names := slices.Sorted(maps.Keys(set))
	if a != g.hub {
		return names
	}
	// What is needed to sign in at all stays, so that the rest can be looked at.
	return slices.DeleteFunc(names, func(n string) bool {
		place := slices.Index(listed, n)
		return g.hid[hideAll] || n != "User.Read" && (g.hid[hideSome] && place%3 == 0 || g.hid[hideLast] && place == len(listed)-1)
	})
}

// mended brings everything of the app back into sight. Callers hold the lock.
func (g *grants) mended(a *app) {
	if a == g.hub {
		clear(g.hid)
	}
}

// addExtra grants the app more than it asks for, or takes that back.
func (g *grants) addExtra(a *app, on bool) {
	const delegated, application = "Mail.Read", "Directory.ReadWrite.All"
	g.mu.Lock()
	defer g.mu.Unlock()
	if on {
		addTo(g.all, a.id, []string{delegated})
		addTo(g.roles, a.id, []string{application})
		return
	}
	delete(g.all[a.id], delegated)
	delete(g.roles[a.id], application)
}

func addTo(m map[string]map[string]bool, key string, names []string) {
	if m[key] == nil {
		m[key] = map[string]bool{}
	}
	for _, n := range names {
		m[key][n] = true
	}
}

// consent records an account's own consent.
func (g *grants) consent(a *app, account string, scopes []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mended(a)
	if g.one[a.id] == nil {
		g.one[a.id] = map[string]map[string]bool{}
	}
	addTo(g.one[a.id], account, scopes)
}

// consentAll records an administrator's consent for everybody, added to what
// stands already.
func (g *grants) consentAll(a *app, scopes []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mended(a)
	addTo(g.all, a.id, scopes)
}

// consentStatic records an administrator's consent to the registration's own
// list. It replaces what stood before: the vendor warns that granting again may
// revoke what was granted tenant-wide.
func (g *grants) consentStatic(a *app) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mended(a)
	g.all[a.id], g.roles[a.id] = map[string]bool{}, map[string]bool{}
	addTo(g.all, a.id, a.registration().Delegated)
	addTo(g.roles, a.id, a.registration().Application)
}

// delegated lists what the app may do for the account, ascending.
func (g *grants) delegated(a *app, account string) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	set := maps.Clone(g.all[a.id])
	if set == nil {
		set = map[string]bool{}
	}
	maps.Copy(set, g.one[a.id][account])
	return g.seen(a, set, a.registration().Delegated)
}

// everybody lists the delegated permissions granted tenant-wide.
func (g *grants) everybody(a *app) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.seen(a, g.all[a.id], a.registration().Delegated)
}

// own lists the accounts' own consents.
func (g *grants) own(a *app) map[string][]string {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := map[string][]string{}
	for account, set := range g.one[a.id] {
		if list := g.seen(a, set, a.registration().Delegated); len(list) > 0 {
			out[account] = list
		}
	}
	return out
}

// application lists the application permissions granted, ascending.
func (g *grants) application(a *app) []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.seen(a, g.roles[a.id], a.registration().Application)
}

// withdraw removes a grant: the tenant-wide one ("" as account) or an account's own.
func (g *grants) withdraw(a *app, account string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if account == "" {
		delete(g.all, a.id)
		return
	}
	delete(g.one[a.id], account)
}

// withdrawRole removes one application permission.
func (g *grants) withdrawRole(a *app, role string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.roles[a.id], role)
}

// asked is a parsed scope parameter.
type asked struct {
	openID   []string // openid, profile, email, offline_access
	graph    []string // Graph permission names
	static   bool     // "/.default"
	written  []string // as the client wrote them, for the answer
	unknown  string   // a permission that Graph does not have
	resource string   // a resource that the tenant does not have
}

// parseScopes reads a space-separated scope parameter. Graph's permissions may
// be short ("User.Read") or full ("https://graph.microsoft.com/User.Read").
func (c *cloud) parseScopes(text string) asked {
	var a asked
	for _, s := range strings.Fields(text) {
		if isOpenID(strings.ToLower(s)) {
			a.openID = append(a.openID, strings.ToLower(s))
			continue
		}
		name := s
		if i := strings.LastIndex(s, "/"); i >= 0 {
			resource := strings.TrimSuffix(s[:i], "/")
			name = s[i+1:]
			if !strings.EqualFold(resource, graphResource) && resource != graphAppID {
				a.resource = resource
				continue
			}
		}
		a.written = append(a.written, s)
		if strings.EqualFold(name, ".default") {
			a.static = true
			continue
		}
		known, _ := c.data.delegated(name)
		if known == "" || isOpenID(known) {
			a.unknown = name
			continue
		}
		if !slices.Contains(a.graph, known) {
			a.graph = append(a.graph, known)
		}
	}
	return a
}

func (a asked) has(openID string) bool { return slices.Contains(a.openID, openID) }

// wanted lists the Graph permissions meant, the registration's for ".default".
func (a asked) wanted(of *app) []string {
	if !a.static {
		return a.graph
	}
	list := slices.Clone(a.graph)
	for _, n := range of.registration().Delegated {
		if !isOpenID(n) && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// missing lists the wanted permissions that nobody has granted the app for the account.
func (c *cloud) missing(a *app, account string, wanted []string) []string {
	have := c.grants.delegated(a, account)
	var out []string
	for _, n := range wanted {
		if !slices.Contains(have, n) {
			out = append(out, n)
		}
	}
	return out
}

// needsAdmin reports whether one of the permissions is for administrators to grant.
func (c *cloud) needsAdmin(names []string) bool {
	for _, n := range names {
		if _, form := c.data.delegated(n); form == nil || form.Admin {
			return true
		}
	}
	return false
}
