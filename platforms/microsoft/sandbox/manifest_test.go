package sandbox

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestAManifestReplacesTheListOfPermissions(t *testing.T) {
	r := newRig(t)
	id := func(name string) string {
		return r.c.permissionID(name, r.c.data.Permissions[name].Application, "application")
	}
	save := func(text, as string) answer {
		return r.do("POST", r.c.url("portal"), "", url.Values{"address": {as}, "manifest": {text}})
	}
	one := func(access string) string {
		return `{"requiredResourceAccess":[{"resourceAppId":"` + graphAppID + `","resourceAccess":[` + access + `]}]}`
	}
	whole := one(`{"id":"` + strings.ToUpper(id("User.ReadWrite.All")) + `","type":"Role"},{"id":"` + offlineAccess + `","type":"Scope"}`)
	before := r.c.hub.registration()
	for name, refused := range map[string]answer{
		"by somebody else":             save(whole, "ann@contoso.example"),
		"no JSON":                      save("{", "admin@contoso.example"),
		"a permission that is not":     save(one(`{"id":"`+graphAppID+`","type":"Role"}`), "admin@contoso.example"),
		"an application's, delegated":  save(one(`{"id":"`+id("User.ReadWrite.All")+`","type":"Scope"}`), "admin@contoso.example"),
		"another resource":             save(strings.Replace(whole, graphAppID, id("User.ReadWrite.All"), 1), "admin@contoso.example"),
		"a certificate that is no one": save(`{"keyCredentials":[{"key":"bm90aGluZw=="}]}`, "admin@contoso.example"),
	} {
		if refused.status < 400 {
			t.Errorf("%s: answered %d", name, refused.status)
		}
	}
	if now := r.c.hub.registration(); !slices.Equal(now.Application, before.Application) {
		t.Errorf("after refusals it lists %v", now.Application)
	}
	r.c.grants.consentStatic(r.c.hub)
	r.want(save(whole, "admin@contoso.example"), 200)
	if now := r.c.hub.registration(); !slices.Equal(now.Application, []string{"User.ReadWrite.All"}) || len(now.Delegated) != 0 {
		t.Errorf("it lists %+v", now)
	}
	if granted := r.c.grants.application(r.c.hub); slices.Contains(granted, "User.ReadWrite.All") || len(granted) != len(before.Application) {
		t.Errorf("saving granted %v", granted)
	}
}
