package sandbox

import (
	"crypto/hmac"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	world "miohub/platforms/sandbox"
)

// delegationPath is the Admin Console's page for domain-wide delegation.
const delegationPath = "/ac/owl/domainwidedelegation"

// consoleHandler serves admin.google.com.
func (g *google) consoleHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+delegationPath, g.showDelegation)
	mux.HandleFunc("POST "+delegationPath, g.addDelegation)
	mux.HandleFunc("/", notFoundPage)
	return mux
}

// showDelegation shows the form to add a client, filled in from the link.
func (g *google) showDelegation(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	address := q.Get("authuser")
	if account, ok := g.sessionAccount(r); ok && !strings.Contains(address, "@") {
		address = account.Address
	}
	g.delegationForm(w, http.StatusOK, address, q.Get("clientIdToAdd"), q.Get("clientScopeToAdd"), q.Get("overwriteClientId") == "true", "")
}

// delegationForm renders the form. It carries a token of ours, so that another
// site cannot press its button.
func (g *google) delegationForm(w http.ResponseWriter, status int, address, client, scopes string, overwrite bool, problem string) {
	showPage(w, status, "delegation", map[string]any{
		"Form": g.formToken(), "Address": address, "Client": client, "Scopes": scopes, "Overwrite": overwrite, "Problem": problem,
	})
}

// formToken proves that a form came from a page of this tenant.
func (g *google) formToken() string {
	nonce := randomBytes(12)
	return base64.RawURLEncoding.EncodeToString(append(g.sign(nonce), nonce...))
}

func (g *google) formOurs(s string) bool {
	b, err := base64.RawURLEncoding.DecodeString(s)
	return err == nil && len(b) == 24 && hmac.Equal(b[:12], g.sign(b[12:]))
}

// addDelegation records what an administrator authorized.
func (g *google) addDelegation(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	if err := r.ParseForm(); err != nil || !g.formOurs(r.PostForm.Get("form")) {
		badPage("invalid_request", "This page has expired. Open it again.").show(w)
		return
	}
	f := r.PostForm
	if f.Get("action") == "cancel" {
		g.delegations(w, "")
		return
	}
	address, client := strings.TrimSpace(f.Get("address")), strings.TrimSpace(f.Get("clientId"))
	again := func(status int, problem string) {
		g.delegationForm(w, status, address, client, f.Get("scopes"), f.Get("overwrite") == "true", problem)
	}
	account, ok := g.consoleAccount(address)
	if !ok {
		again(http.StatusForbidden, "Couldn’t find your Google Account")
		return
	}
	if !account.Admin {
		again(http.StatusForbidden, "You need to be a super administrator to manage domain-wide delegation.")
		return
	}
	scopes := strings.FieldsFunc(f.Get("scopes"), func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\r' || r == '\t' })
	scopes = canonicalScopes(scopes)
	if client == "" || len(scopes) == 0 {
		again(http.StatusBadRequest, "Enter a client ID and at least one scope.")
		return
	}
	if i := slices.IndexFunc(scopes, func(s string) bool { return !g.cat.scopes[s] }); i >= 0 {
		again(http.StatusBadRequest, "Invalid scope: "+scopes[i])
		return
	}
	overwrite := f.Get("overwrite") == "true"
	if !overwrite && len(g.auth.delegated(client)) > 0 {
		again(http.StatusConflict, "This client ID already exists. Choose to overwrite it.")
		return
	}
	g.startSession(w, account)
	g.auth.delegate(client, scopes, overwrite)
	g.delegations(w, "Client "+client+" is authorized.")
}

// consoleAccount finds who signs in to the console.
func (g *google) consoleAccount(address string) (world.Account, bool) {
	a, ok := g.tenant.Account(address)
	return a, ok && strings.Contains(address, "@") && g.usable(a) == ""
}

// delegations shows the list of API clients.
func (g *google) delegations(w http.ResponseWriter, done string) {
	type client struct {
		ID     string
		Scopes []string
	}
	var list []client
	for _, id := range g.auth.clientIDs() {
		list = append(list, client{id, g.auth.delegated(id)})
	}
	showPage(w, http.StatusOK, "delegated", map[string]any{"Clients": list, "Done": done})
}
