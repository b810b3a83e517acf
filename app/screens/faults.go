package screens

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"miohub/app/ui"
	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// fault is something that the Sandbox screen can make go wrong on the way between
// the hub and a tenant.
type fault struct {
	sandbox.Fault
	tenant string // "" for both
}

// Words for the faults on the way.
const (
	onTheWay  = "On the way"
	showsSlow = "Messages still arrive, later than usual, each of them once; Activity says that the platform asked to wait."
	showsOnce = "Messages still arrive, each of them once: whether one was posted is looked up before it is posted again."
)

// shows is what should be seen while a fault on the way is on.
func (f fault) shows() string {
	if f.Drop {
		return showsOnce
	}
	return showsSlow
}

// faults are those on offer on the way. Bodies are what the vendors answer with.
func faults() []fault {
	return []fault{
		{tenant: "google", Fault: sandbox.Fault{
			ID: "google-429", Title: "Google Chat refuses for quota (429)", API: "chat", Status: http.StatusTooManyRequests,
			Header: http.Header{"Content-Type": {"application/json"}},
			Body:   `{"error":{"code":429,"message":"Quota exceeded for quota metric 'Message reads' and limit 'Message reads per minute'.","status":"RESOURCE_EXHAUSTED"}}`,
		}},
		{tenant: "microsoft", Fault: sandbox.Fault{
			ID: "graph-429", Title: "Microsoft Graph asks to wait 5 seconds (429)", API: "graph", Status: http.StatusTooManyRequests,
			Header: http.Header{"Content-Type": {"application/json"}, "Retry-After": {"5"}},
			Body:   `{"error":{"code":"TooManyRequests","message":"Too many requests."}}`,
		}},
		{tenant: "microsoft", Fault: sandbox.Fault{
			ID: "graph-503", Title: "Teams fails before a message is posted (503)", API: "graph", Method: http.MethodPost, Path: "/messages",
			Status: http.StatusServiceUnavailable, Header: http.Header{"Content-Type": {"application/json"}},
			Body: `{"error":{"code":"ServiceUnavailable","message":"The service is temporarily unavailable."}}`,
		}},
		{tenant: "microsoft", Fault: sandbox.Fault{
			ID: "graph-dropped", Title: "Teams posts the message, then the connection drops", API: "graph", Method: http.MethodPost, Path: "/messages", After: true, Drop: true,
		}},
		{tenant: "google", Fault: sandbox.Fault{
			ID: "google-dropped", Title: "Google Chat posts the message, then the connection drops", API: "chat", Method: http.MethodPost, Path: "/messages", After: true, Drop: true,
		}},
		{Fault: sandbox.Fault{ID: "slow", Title: "Every answer takes 2 seconds longer", Latency: 2 * time.Second}},
	}
}

// offeredFaults are all faults on offer: what can be wrong with each tenant, by
// name, and what can go wrong on the way.
func (l *live) offeredFaults() []ui.SandboxFault {
	var out []ui.SandboxFault
	for _, p := range l.app.Platforms() {
		for _, f := range l.trial.namedFaults(p.ID) {
			out = append(out, ui.SandboxFault{ID: f.ID, Title: f.Title, Tenant: string(p.ID), Group: f.Group, Shows: f.Shows, On: f.On()})
		}
	}
	on := l.trial.World.Faults.List()
	for _, f := range faults() {
		out = append(out, ui.SandboxFault{ID: f.ID, Title: f.Title, Tenant: f.tenant, Group: onTheWay, Shows: f.shows(),
			On: slices.ContainsFunc(on, func(o sandbox.Fault) bool { return o.ID == f.ID })})
	}
	return out
}

func (t *trial) namedFaults(id platforms.ID) []sandbox.NamedFault {
	if e := t.Emulators[id]; e != nil {
		return e.Faults
	}
	return nil
}

// SetFault implements ui.SandboxHub.
func (h *Hub) SetFault(ctx context.Context, id string, on bool) error {
	return tell(ctx, h, func(_ context.Context, l *live) error {
		for _, p := range l.app.Platforms() {
			for _, f := range l.trial.namedFaults(p.ID) {
				if f.ID == id {
					return f.Switch(on)
				}
			}
		}
		for _, f := range faults() {
			if f.ID != id {
				continue
			}
			if on {
				l.trial.World.Faults.Set(f.Fault)
			} else {
				l.trial.World.Faults.Clear(id)
			}
			return nil
		}
		return fmt.Errorf("there is no fault %q", id)
	})
}
