//go:build !headless

package ui

import (
	"net/url"
	"testing"
)

func TestAddressesKeepWhatTheToolkitRefuses(t *testing.T) {
	for page, want := range map[string]string{
		"https://admin.google.com/ac/owl?clientIdToAdd=1&dn=a.example":        "https://admin.google.com/ac/owl?clientIdToAdd=1&dn=a.example",
		"https://entra.microsoft.com/#view/M/Menu/~/Overview/appId/{id}":      "https://entra.microsoft.com/#view/M/Menu/%7E/Overview/appId/%7Bid%7D",
		"https://graph.microsoft.com/v1.0/users?$filter=startswith(mail,'a')": "https://graph.microsoft.com/v1.0/users?%24filter=startswith%28mail,'a'%29",
		"mailto:?subject=Consent%20(Mio)&body=Hello!%0A":                      "mailto:?subject=Consent%20%28Mio%29&body=Hello%21%0A",
	} {
		got := escaped(page)
		if got != want {
			t.Errorf("%s became %s, want %s", page, got, want)
		}
		u, err := url.Parse(got)
		if err != nil || u.String() != got {
			t.Errorf("%s is written as %s by the toolkit: %v", got, u, err)
		}
	}
}
