package google

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestQuotasAreKeptApart(t *testing.T) {
	keys := func(method, path string) []string {
		req, _ := http.NewRequest(method, "https://chat.googleapis.com"+path, nil)
		var list []string
		for _, b := range classify(req) {
			if b.PerSecond <= 0 {
				t.Errorf("%s %s: %+v", method, path, b)
			}
			list = append(list, b.Key)
		}
		return list
	}
	for path, want := range map[string][]string{
		"GET /v1/spaces/A/messages":     {"read A", "read messages"},
		"POST /v1/spaces/A/messages":    {"write A", "write messages"},
		"PATCH /v1/spaces/B/messages/m": {"write B", "write messages"},
		"GET /v1/spaces/A/spaceEvents":  {"read A", "read messages"},
		"GET /v1/spaces/A/members":      {"read A", "read members"},
		"GET /v1/spaces:search":         {"read spaces"},
		"PATCH /v1/spaces/A":            {"write spaces"},
		"GET /admin/directory/v1/users": {"directory"},

		"POST /v1/spaces/A/messages/m/reactions":       {"write A", "write reactions"},
		"GET /v1/spaces/A/messages/m/reactions":        {"read A", "read reactions"},
		"POST /upload/v1/spaces/A/attachments:upload":  {"write A", "write media"},
		"GET /v1/media/abc":                            {"read media"},
		"POST /v1/subscriptions":                       {"announcements"},
		"POST /v1/projects/p/subscriptions/s:pull":     nil,
		"GET /admin/reports/v1/activity/users/all":     {"audit log"},
		"POST /apps/licensing/v1/product/p/sku/s/user": {"licences"},
		"DELETE /v1/spaces/A/members/1":                {"write A", "write members"},
		"POST /v1/spaces":                              {"write spaces"},
		"POST /oauth2/v2/tokeninfo":                    nil,
	} {
		method, path, _ := strings.Cut(path, " ")
		if diff := cmp.Diff(want, keys(method, path)); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", method, path, diff)
		}
	}
}
