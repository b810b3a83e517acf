package microsoft

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"miohub/platforms/oauth"
)

// keyConsented holds every permission that was ever found granted, separated by
// spaces, so that one that was withdrawn is told from one that is new.
const keyConsented = "consented"

// consents remembers what was granted for a moment, since one run of the checks
// asks for each permission.
type consents struct {
	mu     sync.Mutex
	at     time.Time
	app    appEvidence
	userAt time.Time
	user   userEvidence
}

// consentMemory is how long one look at the consents serves.
const consentMemory = 3 * time.Second

// granted is a set of permissions by name.
type granted map[string]bool

// appEvidence is what can be seen of the consent to the application.
type appEvidence struct {
	roles    granted // in the application's own token
	opaque   bool    // the token cannot be read: Graph's are opaque by contract
	rolesErr error
	assigned granted // appRoleAssignments, as the tenant records them
	err      error
	// listed and listedUser are the registration's own list, nil where it cannot
	// be read.
	listed, listedUser granted
	// delegated is the tenant's record of delegated consents
	// (oauth2PermissionGrants), nil while that feature is off.
	delegated    granted
	delegatedErr error
}

// userEvidence is what can be seen of the consent for the bridge account.
type userEvidence struct {
	scopes granted // of its renewed sign-in
	err    error
}

// appConsents looks at what the application was granted.
func (s *session) appConsents(ctx context.Context) appEvidence {
	c := &s.consents
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := s.env.Now(); now.Sub(c.at) > consentMemory || now.Before(c.at) {
		e := s.lookAtApp(ctx)
		if ctx.Err() != nil {
			return e
		}
		s.remembered(ctx, "app:", e.assigned)
		c.at, c.app = s.env.Now(), e
	}
	return c.app
}

func (s *session) lookAtApp(ctx context.Context) appEvidence {
	var e appEvidence
	e.roles, e.opaque, e.rolesErr = s.tokenRoles(ctx)
	if e.rolesErr != nil {
		return e
	}
	names, err := s.permissionNames(ctx)
	if err != nil {
		e.err = err
		return e
	}
	own, err := s.app.ServicePrincipals(ctx, s.clientID)
	if err != nil {
		e.err = fail("find the enterprise application", err, harmless)
		return e
	}
	e.assigned = granted{}
	for _, sp := range own {
		if e.err = s.assignments(ctx, sp.ID, names, e.assigned); e.err != nil {
			return e
		}
		if s.on(featureConsents) && e.delegatedErr == nil {
			e.delegated, e.delegatedErr = s.delegations(ctx, sp.ID)
		}
	}
	e.listed, e.listedUser = s.registered(ctx)
	return e
}

// tokenRoles reads the permissions that a fresh token of the application carries.
func (s *session) tokenRoles(ctx context.Context) (roles granted, opaque bool, err error) {
	token, err := s.appToken.fresh(ctx)
	if err != nil {
		return nil, false, err
	}
	var claims struct {
		Roles []string `json:"roles"`
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return granted{}, true, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(raw, &claims) != nil {
		return granted{}, true, nil
	}
	roles = granted{}
	for _, r := range claims.Roles {
		roles[r] = true
	}
	return roles, false, nil
}

// permissionNames are Graph's application permissions by resource and id.
func (s *session) permissionNames(ctx context.Context) (map[string]string, error) {
	resources, err := s.app.ServicePrincipals(ctx, graphAppID)
	if err != nil {
		return nil, fail("read Microsoft Graph's permissions", err, harmless)
	}
	names := map[string]string{}
	for _, r := range resources {
		for _, role := range r.AppRoles {
			names[r.ID+" "+role.ID] = role.Value
		}
	}
	return names, nil
}

// assignments adds what the tenant records as granted to the application.
func (s *session) assignments(ctx context.Context, principal string, names map[string]string, into granted) error {
	list, err := s.app.AppRoleAssignments(ctx, principal)
	if err != nil {
		return fail("read the application's permissions", err, harmless)
	}
	for _, a := range list {
		into[or(names[a.ResourceID+" "+a.AppRoleID], "another API's permission "+a.AppRoleID)] = true
	}
	return nil
}

// delegations are the permissions consented to for everybody or for the bridge
// account.
func (s *session) delegations(ctx context.Context, principal string) (granted, error) {
	list, err := s.app.PermissionGrants(ctx, principal)
	if err != nil {
		return nil, fail("read the delegated permissions", err, harmless)
	}
	found := granted{}
	for _, g := range list {
		if g.ConsentType == "AllPrincipals" || g.PrincipalID == string(s.bridgeID) {
			for _, scope := range strings.Fields(g.Scope) {
				found[scope] = true
			}
		}
	}
	return found, nil
}

// registered is what the registration lists. That it cannot be read proves
// nothing: it may be another tenant's.
func (s *session) registered(ctx context.Context) (apps, users granted) {
	list, err := s.app.Applications(ctx, s.clientID)
	if err != nil || len(list) == 0 {
		return nil, nil
	}
	apps, users = granted{}, granted{}
	for _, resource := range list[0].Required {
		if resource.ResourceAppID != graphAppID {
			continue
		}
		for _, access := range resource.Access {
			if name := named(appPermissions(), access.ID); access.Type == "Role" && name != "" {
				apps[name] = true
			}
			if name := named(userPermissions(), access.ID); access.Type == "Scope" && name != "" {
				users[name] = true
			}
		}
	}
	return apps, users
}

func named(ids map[string]string, id string) string {
	for name, known := range ids {
		if strings.EqualFold(known, id) {
			return name
		}
	}
	return ""
}

// userConsents renews the bridge account's sign-in and reads what it covers.
func (s *session) userConsents(ctx context.Context) userEvidence {
	c := &s.consents
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := s.env.Now(); now.Sub(c.userAt) > consentMemory || now.Before(c.userAt) {
		e := s.lookAtBridge(ctx)
		if ctx.Err() != nil {
			return e
		}
		s.remembered(ctx, "user:", e.scopes)
		c.userAt, c.user = s.env.Now(), e
	}
	return c.user
}

func (s *session) lookAtBridge(ctx context.Context) userEvidence {
	e := userEvidence{scopes: granted{}}
	token, err := s.bridgeToken.Token(ctx)
	if err == nil {
		s.bridgeToken.Drop(token)
		_, err = s.bridgeToken.Token(ctx)
	}
	if e.err = err; err != nil {
		return e
	}
	saved, _ := oauth.Load(s.env.Secrets, keyBridgeToken)
	for _, scope := range saved.Scopes() {
		e.scopes[strings.TrimPrefix(scope, resource)] = true
	}
	// Not listed as a scope, but there is a refresh token or there is not.
	e.scopes[userKeep] = saved.RefreshToken != ""
	if s.on(featureSessions) && !e.scopes[userSessions] {
		// Its token is fetched when it is wanted; that it can be had is tried.
		_, err := s.bridgeToken.Redeem(ctx, []string{resource + userSessions})
		e.scopes[userSessions] = err == nil
	}
	return e
}

// remembered adds to what was ever found granted. Should it not be stored, the
// next look does it.
func (s *session) remembered(ctx context.Context, kind string, found granted) {
	ever := strings.Fields(s.env.Values.Get(keyConsented))
	before := len(ever)
	for name, there := range found {
		if there && !strings.Contains(name, " ") && !slices.Contains(ever, kind+name) {
			ever = append(ever, kind+name)
		}
	}
	if len(ever) == before {
		return
	}
	slices.Sort(ever)
	if err := s.env.Values.Put(ctx, keyConsented, strings.Join(ever, " ")); err != nil && s.env.Log != nil {
		s.env.Log.WarnContext(ctx, "what was consented to could not be stored", "error", err)
	}
}

// ever reports whether a permission was found granted before; with "" whether
// any of the kind was.
func (s *session) ever(kind, permission string) bool {
	return slices.ContainsFunc(strings.Fields(s.env.Values.Get(keyConsented)), func(known string) bool {
		return known == kind+permission || permission == "" && strings.HasPrefix(known, kind)
	})
}
