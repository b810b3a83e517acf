package ui

import "context"

// StatusHub is what the frame around the screens needs of the hub.
type StatusHub interface {
	Status(ctx context.Context) (State, error)
}

// State is what stands in the sidebar, always visible.
type State struct {
	// Watching: changes are looked for; false before both platforms are connected
	// and while paused.
	Watching bool `json:"watching"`
	Paused   bool `json:"paused"`
	// NextLook is when the next look is due, RFC 3339; "" when none is planned.
	NextLook string `json:"nextLook"`
	Waiting  int    `json:"waiting"`  // messages that are not delivered yet
	PlanRows int    `json:"planRows"` // actions that wait for somebody to approve
	Problems int    `json:"problems"` // things that need attention
	Sandbox  bool   `json:"sandbox"`  // sandbox tenants are in use
	// ReadOnly says why this window may not change anything ("another Mio Hub
	// runs the engine"); "" when it may.
	ReadOnly string `json:"readOnly"`
}

// Status is the frame around the screens.
type Status struct {
	screen
	hub StatusHub
}

// State answers what stands in the sidebar.
func (s *Status) State() (State, error) { return s.hub.Status(s.ctx) }

// OpenURL shows a page in the person's own browser, or begins an e-mail in their
// own program. Only http, https and mailto are opened.
func (s *Status) OpenURL(url string) error { return openPage(s.shell, url) }
