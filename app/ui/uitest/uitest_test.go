package uitest

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"miohub/app/ui"
	"miohub/platforms"
)

// planHub fails to read a plan and remembers what was approved.
type planHub struct {
	ui.Hub
	rows []string
	on   bool
}

func (h *planHub) Sandbox() ui.SandboxHub { return nil }

func (h *planHub) CurrentPlan(context.Context) (ui.PlanView, error) {
	return ui.PlanView{}, &platforms.Error{Kind: platforms.TryLater, Op: "read the plan", Err: errors.New("busy")}
}

func (h *planHub) Approve(_ context.Context, _ string, rows []string, on bool) error {
	h.rows, h.on = rows, on
	return nil
}

func serve(t *testing.T) (*planHub, *Window, string) {
	t.Helper()
	hub, window := &planHub{}, &Window{}
	screens := ui.New(t.Context(), hub, window, window, ui.About{Version: "test"})
	assets := fstest.MapFS{"index.html": {Data: []byte("<html><head></head></html>")}}
	server := httptest.NewServer(window.Handler(screens, assets))
	t.Cleanup(screens.Close)
	t.Cleanup(server.Close)
	return hub, window, server.URL
}

func post(t *testing.T, url, args string) (int, string) {
	t.Helper()
	response, err := http.Post(url, "application/json", strings.NewReader(args))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, strings.TrimSpace(string(text))
}

func TestACallReachesTheHubWithItsArguments(t *testing.T) {
	hub, _, url := serve(t)
	if status, text := post(t, url+"/call/Plan/Approve", `["p-1",["a","b"],true]`); status != 200 || text != "null" {
		t.Errorf("answered %d %s", status, text)
	}
	if len(hub.rows) != 2 || hub.rows[1] != "b" || !hub.on {
		t.Errorf("approved %v %v", hub.rows, hub.on)
	}
}

func TestAnErrorArrivesAsAProblem(t *testing.T) {
	_, _, url := serve(t)
	status, text := post(t, url+"/call/Plan/Current", `[]`)
	if status != 500 || !strings.Contains(text, `"kind":"try-later"`) || !strings.Contains(text, "Nothing was changed") {
		t.Errorf("answered %d %s", status, text)
	}
}

func TestWhatIsNotBoundCannotBeCalled(t *testing.T) {
	_, _, url := serve(t)
	for path, want := range map[string]int{"/call/Vault/Open": 404, "/call/Plan/Nothing": 404, "/call/Help/About": 400} {
		if status, _ := post(t, url+path, `["surplus"]`); status != want {
			t.Errorf("%s answered %d", path, status)
		}
	}
}

func TestAChangeIsToldToTheBrowser(t *testing.T) {
	_, window, url := serve(t)
	response, err := http.Get(url + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	if !lines.Scan() || lines.Text() != ": open" {
		t.Fatalf("began with %q", lines.Text())
	}
	window.Emit("plan")
	for lines.Scan() {
		if lines.Text() == "data: plan" {
			return
		}
	}
	t.Error("the topic did not arrive")
}

func TestThePageLoadsTheBridgeFirst(t *testing.T) {
	_, _, url := serve(t)
	response, err := http.Get(url + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || !strings.Contains(string(text), `<head><script src="/bridge.js"></script>`) {
		t.Errorf("page = %s, %v", text, err)
	}
}
