package oauth

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"strings"
)

// Challenge reads the claims request out of a refusal: what the next token must
// show, as JSON (OpenID Connect Core, section 5.5), and "" when none is named. It
// is what Entra's continuous access evaluation answers with
// (https://learn.microsoft.com/entra/identity-platform/claims-challenge).
func Challenge(header http.Header) string {
	named := regexp.MustCompile(`(?i)\bclaims="([^"]*)"`)
	for _, challenge := range header.Values("WWW-Authenticate") {
		if m := named.FindStringSubmatch(challenge); m != nil {
			return decodeClaims(m[1])
		}
	}
	return ""
}

// decodeClaims takes both alphabets of base64, padded or not.
func decodeClaims(s string) string {
	s = strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(s), "=")
	text, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil || !json.Valid(text) {
		return ""
	}
	return string(text)
}

// JoinClaims makes one claims request of two, either of which may be "". Where
// both name the same claim, the second counts.
func JoinClaims(first, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	var a, b map[string]map[string]json.RawMessage
	if json.Unmarshal([]byte(first), &a) != nil || json.Unmarshal([]byte(second), &b) != nil {
		return second
	}
	for place, claims := range b {
		if a[place] == nil {
			a[place] = map[string]json.RawMessage{}
		}
		maps.Copy(a[place], claims)
	}
	joined, err := json.Marshal(a)
	if err != nil {
		return second
	}
	return string(joined)
}
