package microsoft

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
	"miohub/platforms/oauth"
)

// listed are the codes of Microsoft's page that an administrator can meet here.
func listed() []int {
	return []int{
		65001, 65004, 65005, 650056, 650057, 650052, 650054, 650053, 90008, 90093, 90094, 90095, 90090, 90024, 90033, 50033, 90006,
		900941, 900981, 50011, 70004, 900971, 700016, 700011, 70001, 7000112, 7000215, 70002, 7000222, 700025, 7000218, 700027, 700030,
		900144, 90014, 90023, 9002313, 501481, 501491, 54005, 700005, 50194, 9002332, 90130, 9001023, 90002, 50059, 500021, 500022,
		50020, 50034, 51004, 16000, 500208, 50105, 53003, 530032, 530035, 53000, 53001, 53002, 50131, 50076, 50074, 50079, 50072,
		50078, 70043, 50158, 50173, 50133, 70008, 700082, 50089, 240002, 50196, 90071, 50057, 90055,
	}
}

// entraAnswer is a token endpoint's answer as it travels: the catalogue is judged
// from the exchange alone.
func entraAnswer(code int) error {
	body, err := json.Marshal(map[string]any{
		"error": "invalid_grant", "error_codes": []int{code},
		"error_description": fmt.Sprintf("AADSTS%d: What Entra says. Trace ID: 7f3a Correlation ID: 91bc Timestamp: 2026-03-01 12:00:00Z", code),
		"trace_id":          "7f3a", "correlation_id": "91bc", "timestamp": "2026-03-01 12:00:00Z",
	})
	if err != nil {
		return err
	}
	return oauth.Failure("microsoft: sign-in of the bridge account", &oauth2.RetrieveError{Body: body})
}

func TestEveryListedCodeNamesItsCauseAndRemedy(t *testing.T) {
	v := settings{keyClient: "11111111-1111-1111-1111-111111111111", keyTenant: "contoso.example"}
	for _, code := range listed() {
		f := explain(v, entraAnswer(code))
		if f.Unrecognised || f.Cause == "" || f.Fix == "" {
			t.Errorf("AADSTS%d: %+v", code, f)
		}
		for _, want := range []string{"What Entra says", "7f3a", "91bc"} {
			if !strings.Contains(f.Raw, want) {
				t.Errorf("AADSTS%d: the raw text %q lacks %s", code, f.Raw, want)
			}
		}
	}
}

func TestHintsNameEachCodeOnce(t *testing.T) {
	seen := map[int]bool{}
	for _, h := range entraHints() {
		if h.cause == "" || h.fix == "" || len(h.codes) == 0 {
			t.Errorf("%+v says too little", h)
		}
		for _, code := range h.codes {
			if seen[code] {
				t.Errorf("AADSTS%d is explained twice", code)
			}
			seen[code] = true
		}
	}
	said := map[string]bool{}
	for _, h := range graphHints() {
		for _, w := range h.words {
			if said[w] || w != strings.ToLower(w) {
				t.Errorf("%q is there twice, or not in lower case", w)
			}
			said[w] = true
		}
	}
}

func TestWhatNobodyHasMetIsSaidToBeNew(t *testing.T) {
	f := explain(settings{}, entraAnswer(1234567))
	if !f.Unrecognised || !strings.Contains(f.Raw, "AADSTS1234567") || !strings.HasSuffix(f.FixURL, "error?code=1234567") {
		t.Errorf("%+v", f)
	}
	if f := explain(settings{}, errors.New("something else")); !f.Unrecognised || f.Cause != "something else" {
		t.Errorf("%+v", f)
	}
	if f := explain(settings{}, fail("list teams", &graph.Error{Status: 418, Code: "Teapot", Text: "short and stout"}, harmless)); !f.Unrecognised || !strings.Contains(f.Raw, "short and stout") {
		t.Errorf("%+v", f)
	}
}

func TestGraphsAnswersAreExplained(t *testing.T) {
	tests := []struct {
		name   string
		err    graph.Error
		cause  string
		status platforms.Status
	}{
		{"no licence", graph.Error{Status: 403, Code: "Forbidden", Text: "Failed to get license information for the user. Ensure user has a valid Office365 license assigned to them."}, "licence", platforms.Fail},
		{"a protected call", graph.Error{Status: 403, Code: "Forbidden", Text: "Invoked API requires Protected API access in application-only context when not using Resource Specific Consent."}, "as the application", platforms.Fail},
		{"nobody consented", graph.Error{Status: 401, Code: "Authorization_IdentityNotFound", Text: "The identity of the calling application could not be established."}, "consented", platforms.Fail},
		{"a permission is missing", graph.Error{Status: 403, Code: "Authorization_RequestDenied", Text: "Insufficient privileges to complete the operation."}, "permission", platforms.Fail},
		{"too fast", graph.Error{Status: 429, Code: "TooManyRequests"}, "slow down", platforms.Waiting},
		{"away", graph.Error{Status: 503}, "could not be reached", platforms.Waiting},
		{"ended early", graph.Error{Status: 401, Code: "InvalidAuthenticationToken", Text: "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp"}, "ended early", platforms.Fail},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := explain(settings{}, fail("do it", &test.err, harmless))
			if f.Status != test.status || f.Unrecognised || !strings.Contains(f.Cause, test.cause) || f.Raw == "" {
				t.Errorf("%+v", f)
			}
		})
	}
}

func TestLookAlikesAreNamed(t *testing.T) {
	f := explain(settings{keyClient: "11111111-1111-1111-1111-111111111111"}, entraAnswer(700016))
	if len(f.Others) != 2 || f.Others[0].Cause == "" || f.Others[0].Fix == "" || f.Others[0].FixURL == "" {
		t.Errorf("%+v", f.Others)
	}
	if !slices.ContainsFunc(f.Others, func(r platforms.Remedy) bool {
		return r.FixURL == methodTwoLink(settings{keyClient: "11111111-1111-1111-1111-111111111111"})
	}) {
		t.Error("that nobody consented yet is not among them")
	}
}
