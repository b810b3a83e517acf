package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// portal is the part of entra.microsoft.com that this tenant needs: the page on
// which an administrator uploads the registration's certificate, or replaces its
// manifest.
func (c *cloud) portal() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", c.world.Clock.Now().Format(http.TimeFormat))
		switch r.Method {
		case http.MethodGet, http.MethodHead:
			c.showCredentials(w, http.StatusOK, "", "")
		case http.MethodPost:
			c.change(w, r)
		default:
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		}
	})
}

func (c *cloud) showCredentials(w http.ResponseWriter, status int, done, problem string) {
	list := []map[string]string{}
	for _, k := range c.certificates(c.hub) {
		list = append(list, map[string]string{
			"Thumbprint": k.name(), "From": seconds(k.cert.NotBefore), "To": seconds(k.cert.NotAfter), "ID": k.id,
		})
	}
	writePage(w, status, credentialsPage, map[string]any{
		"Org": c.tenant.Org, "Title": "Certificates & secrets", "App": c.hub.name, "ID": c.hub.id, "List": list, "Done": done, "Error": problem,
		"Address": c.upnOf(c.tenant.Admin), "Permissions": strings.Join(slices.Concat(c.hub.registration().Application, c.hub.registration().Delegated), ", "),
	})
}

// change takes what was uploaded. Only an administrator may, and only from the
// portal's own page.
func (c *cloud) change(w http.ResponseWriter, r *http.Request) {
	if at, err := url.Parse(r.Header.Get("Origin")); err == nil && at.Host != "" && at.Host != r.Host {
		http.Error(w, "the form was sent from another site", http.StatusForbidden)
		return
	}
	who, found := c.person(strings.TrimSpace(r.PostFormValue("address")))
	if !found || who.Suspended || !who.Admin {
		c.showCredentials(w, http.StatusForbidden, "", "You do not have access to this registration.")
		return
	}
	if text := r.PostFormValue("manifest"); text != "" {
		c.takeManifest(w, text)
		return
	}
	c.takeCertificate(w, r)
}

// takeCertificate adds a certificate to the registration.
func (c *cloud) takeCertificate(w http.ResponseWriter, r *http.Request) {
	k, err := readCertificate(r.PostFormValue("certificate"))
	switch {
	case err != nil:
		c.showCredentials(w, http.StatusBadRequest, "", err.Error())
		return
	case c.world.Clock.Now().After(k.cert.NotAfter):
		c.showCredentials(w, http.StatusBadRequest, "", "The certificate has expired.")
		return
	}
	c.register(c.hub, k)
	c.showCredentials(w, http.StatusOK, "The certificate was uploaded.", "")
}
