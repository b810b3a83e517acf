package activity

import (
	"encoding/json"
	"regexp"
	"strings"
)

// redacted stands where something was taken out.
const redacted = "[redacted]"

// secretShapes are values that are secret whatever they are called.
var secretShapes = []*regexp.Regexp{
	regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?`),                    // JWT
	regexp.MustCompile(`ya29\.[A-Za-z0-9._-]{8,}`),                                                        // Google access token
	regexp.MustCompile(`\b1//[A-Za-z0-9_-]{8,}`),                                                          // Google refresh token
	regexp.MustCompile(`\b4/0[A-Za-z0-9_-]{8,}`),                                                          // Google authorization code
	regexp.MustCompile(`\bGOCSPX-[A-Za-z0-9_-]{8,}`),                                                      // Google client secret
	regexp.MustCompile(`\b[01]\.A[A-Za-z0-9_-]{20,}(?:\.[A-Za-z0-9_.-]+)?`),                               // Entra refresh token or code
	regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`), // PEM
}

// namedSecret is a value that follows a name which says it is secret, as in a
// header, a query string or JSON.
var namedSecret = regexp.MustCompile(`(?i)((?:access_token|refresh_token|id_token|client_secret|client_assertion|assertion|private_key|password|passphrase|secret|api_key|code_verifier|[?&]code)\\?["']?\s*[=:]\s*\\?["']?)([^\s"'&,;}\\]+)`)

// bearer is an Authorization header.
var bearer = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/-]{8,}=*`)

// Redact replaces what looks like a token, key or password.
func Redact(s string) string {
	for _, shape := range secretShapes {
		s = shape.ReplaceAllString(s, redacted)
	}
	s = bearer.ReplaceAllString(s, "${1} "+redacted)
	return namedSecret.ReplaceAllString(s, "${1}"+redacted)
}

// secretNames are field names whose value is never logged.
var secretNames = map[string]bool{
	"access_token": true, "refresh_token": true, "id_token": true, "client_secret": true, "client_assertion": true,
	"assertion": true, "private_key": true, "password": true, "passphrase": true, "secret": true, "authorization": true,
	"code_verifier": true, "token": true, "api_key": true, "cookie": true, "set-cookie": true,
}

// redactDetail is v as plain JSON values with what is secret taken out.
func redactDetail(v any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return map[string]string{"error": "the detail could not be encoded"}
	}
	var plain any
	if err := json.Unmarshal(b, &plain); err != nil {
		return redacted
	}
	return redactValue(plain)
}

func redactValue(v any) any {
	switch v := v.(type) {
	case string:
		return Redact(v)
	case []any:
		for i := range v {
			v[i] = redactValue(v[i])
		}
		return v
	case map[string]any:
		for k := range v {
			if secretNames[strings.ToLower(k)] {
				v[k] = redacted
			} else {
				v[k] = redactValue(v[k])
			}
		}
		return v
	}
	return v
}
