package screens

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"miohub/platforms/sandbox"
)

// fault is something that the Sandbox screen can make go wrong.
type fault struct {
	sandbox.Fault
	tenant string // "" for both
}

// faults are those on offer. Bodies are what the vendors answer with.
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

// SetFault implements ui.SandboxHub.
func (h *Hub) SetFault(ctx context.Context, id string, on bool) error {
	return tell(ctx, h, func(_ context.Context, l *live) error {
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
