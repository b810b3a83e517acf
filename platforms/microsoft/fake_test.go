package microsoft

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"miohub/platforms"
	"miohub/platforms/microsoft/graph"
)

// answers is a Graph that says by method and path what an emulated tenant does
// not, and where it is. An error object is answered with status 400.
func answers(t *testing.T, by map[string]string) (*graph.Client, string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, known := by[r.Method+" "+r.URL.Path]
		if !known {
			t.Errorf("unexpected %s %s", r.Method, r.URL.Path)
		}
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(text, `"error"`) {
			w.WriteHeader(http.StatusBadRequest)
		}
		if _, err := io.WriteString(w, strings.ReplaceAll(text, "ROOT", "http://"+r.Host)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	g, err := graph.New(server.URL+"/", http.DefaultTransport)
	if err != nil {
		t.Fatal(err)
	}
	return g, server.URL
}

func TestChangesToldInPartAreReadInFull(t *testing.T) {
	g, root := answers(t, map[string]string{
		"GET /v1.0/users/delta": `{"value":[{"id":"u1","displayName":"New name","userPrincipalName":"u1@c.example"},{"id":"u2","@removed":{"reason":"changed"}}],
			"@odata.deltaLink":"ROOT/v1.0/users/delta?$deltatoken=2"}`,
		"GET /v1.0/users/u1": `{"id":"u1","displayName":"New name","userPrincipalName":"u1@c.example","mail":"one@c.example","accountEnabled":false}`,
	})
	var got platforms.UserPage
	r, err := (&users{graph: g}).Read(t.Context(), platforms.Cursor(root+"/v1.0/users/delta?$deltatoken=1"), func(p platforms.UserPage) error {
		got = p
		return nil
	})
	if err != nil || r.Full || string(r.Cursor) != root+"/v1.0/users/delta?$deltatoken=2" {
		t.Fatalf("reading %+v, %v", r, err)
	}
	if len(got.Users) != 1 || got.Users[0].Address != "one@c.example" || got.Users[0].State != platforms.Suspended || len(got.Removed) != 1 {
		t.Errorf("page %+v", got)
	}
}

func TestSeatingAMemberIsANoOp(t *testing.T) {
	g, _ := answers(t, map[string]string{"POST /v1.0/teams/T/members": `{"error":{"code":"BadRequest","message":"The user already exists in the team."}}`})
	if err := (&roomEditor{graph: g}).Seat(t.Context(), "T/C", "u1", ""); err != nil {
		t.Error(err)
	}
}
