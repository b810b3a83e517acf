package oauth

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

func TestClaimsAreReadOutOfAChallenge(t *testing.T) {
	const want = `{"access_token":{"nbf":{"essential":true, "value":"1604106651"}}}`
	for name, header := range map[string]string{
		"padded":    `Bearer realm="", error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0="`,
		"unpadded":  `Bearer claims="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0", error="insufficient_claims"`,
		"shouting":  `BEARER CLAIMS="eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0="`,
		"none":      `Bearer error="invalid_token"`,
		"no base64": `Bearer claims="!!"`,
		"no JSON":   `Bearer claims="bm90aGluZw=="`,
	} {
		got := Challenge(http.Header{"Www-Authenticate": {"Negotiate", header}})
		if named := name == "padded" || name == "unpadded" || name == "shouting"; named != (got == want) || !named && got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestClaimsAreJoined(t *testing.T) {
	const capable = `{"access_token":{"xms_cc":{"values":["cp1"]}}}`
	if JoinClaims("", capable) != capable || JoinClaims(capable, "") != capable || JoinClaims("", "") != "" {
		t.Error("nothing changes what there is")
	}
	var got map[string]map[string]json.RawMessage
	if err := json.Unmarshal([]byte(JoinClaims(capable, `{"access_token":{"acrs":{"value":"c1"}},"id_token":{"a":null}}`)), &got); err != nil {
		t.Fatal(err)
	}
	if len(got["access_token"]) != 2 || string(got["access_token"]["acrs"]) != `{"value":"c1"}` || len(got["id_token"]) != 1 {
		t.Errorf("joined to %v", got)
	}
	if got := JoinClaims(capable, "broken"); got != "broken" {
		t.Errorf("what the vendor demands became %s", got)
	}
}

func TestARenewalCarriesWhatAChallengeDemands(t *testing.T) {
	e := newEndpoint(t, func(url.Values) (int, map[string]any) {
		return 200, map[string]any{"access_token": "A", "refresh_token": "R1", "expires_in": 3600, "token_type": "Bearer"}
	})
	v := signedIn(t, Saved{AccessToken: "old", RefreshToken: "R0", Obtained: time.Now(), Expiry: time.Now().Add(time.Hour)})
	s := NewTokenSource(Store{Secrets: v, Key: "token", Config: e.config(), HTTP: e.client(), Claims: `{"access_token":{"a":null}}`})
	s.Refused("old", http.Header{"Www-Authenticate": {`Bearer claims="eyJhY2Nlc3NfdG9rZW4iOnsiYiI6bnVsbH19"`}})
	for range 2 {
		token, err := s.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s.Drop(token)
	}
	var asked []string
	for _, f := range e.forms {
		asked = append(asked, f.Get("claims"))
	}
	if want := []string{`{"access_token":{"a":null,"b":null}}`, `{"access_token":{"a":null}}`}; !slices.Equal(asked, want) {
		t.Errorf("asked with %v", asked)
	}
}

func TestATokenForOtherScopesIsNotKept(t *testing.T) {
	e := newEndpoint(t, func(f url.Values) (int, map[string]any) {
		if f.Get("scope") != "more" || f.Get("refresh_token") != "R0" {
			return 400, map[string]any{"error": "invalid_request"}
		}
		return 200, map[string]any{"access_token": "M", "refresh_token": "R1", "expires_in": 3600, "token_type": "Bearer", "scope": "more"}
	})
	v := signedIn(t, Saved{AccessToken: "A0", RefreshToken: "R0", Scope: "a b", Obtained: time.Now(), Expiry: time.Now().Add(time.Hour)})
	s := e.source(v)
	token, err := s.Redeem(t.Context(), []string{"more"})
	if err != nil || token.AccessToken != "M" {
		t.Fatalf("token %v, error %v", token, err)
	}
	if saved, _ := Load(v, "token"); saved.RefreshToken != "R1" || saved.AccessToken != "A0" || saved.Scope != "a b" {
		t.Errorf("kept %+v", saved)
	}
	if token, err := s.Token(t.Context()); err != nil || token != "A0" {
		t.Errorf("then the token is %q, error %v", token, err)
	}
}
