package ui

import "context"

// ParticipationHub is what choosing who takes part, and making accounts for
// people without one, needs of the hub.
type ParticipationHub interface {
	// ScopeChoices reads what a platform's people can be chosen by, and how they are.
	ScopeChoices(ctx context.Context, platform string) (ScopeChoices, error)
	// PreviewScope says whom a scope would take in, and changes nothing.
	PreviewScope(ctx context.Context, platform string, scope Scope) (ScopePreview, error)
	// SetScope chooses who takes part. The plan proposes what follows.
	SetScope(ctx context.Context, platform string, scope Scope) error
	// PreviewAccount says what making an account on the other platform would bring
	// for a person without one, and changes nothing.
	PreviewAccount(ctx context.Context, person string, wish AccountWish) (AccountForecast, error)
	// ProposeAccount puts the account into the plan, where it waits for a person.
	ProposeAccount(ctx context.Context, person string, wish AccountWish) error
}

// Scope is who of a platform's people takes part.
type Scope struct {
	Kind string      `json:"kind"` // "all", "org-units", "groups"
	Of   []ScopePart `json:"of"`   // empty for "all"
}

// ScopePart is one org unit or group.
type ScopePart struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// ScopeChoices are the org units and groups to choose from. A list is empty where
// the platform, or what was granted, does not tell.
type ScopeChoices struct {
	Now      Scope       `json:"now"`
	OrgUnits []ScopePart `json:"orgUnits"`
	Groups   []ScopePart `json:"groups"`
}

// ScopePreview is whom a scope would take in of those imported.
type ScopePreview struct {
	Inside  int `json:"inside"`
	Outside int `json:"outside"`
	// Leaving are enabled people whom the plan would propose to withdraw, by name.
	Leaving []string `json:"leaving"`
}

// AccountWish is how an account is to be made.
type AccountWish struct {
	Guest   bool   `json:"guest"`   // a guest account; otherwise a member
	OrgUnit string `json:"orgUnit"` // path; "" for the platform's default
}

// AccountForecast is what making an account would bring.
type AccountForecast struct {
	Platform string `json:"platform"` // on which it would be made, by name
	Person   string `json:"person"`
	Address  string `json:"address"`
	// Refused is why it cannot be made; "" when it can.
	Refused string   `json:"refused"`
	Notes   []string `json:"notes"` // what it costs, what the person must do
	Costs   bool     `json:"costs"` // a paid licence would be used up
}

// ScopeChoices reads what a platform's people can be chosen by.
func (p *People) ScopeChoices(platform string) (ScopeChoices, error) {
	v, err := p.hub.ScopeChoices(p.ctx, platform)
	v.Now.Of, v.OrgUnits, v.Groups = full(v.Now.Of), full(v.OrgUnits), full(v.Groups)
	return v, err
}

// PreviewScope says whom a scope would take in.
func (p *People) PreviewScope(platform string, scope Scope) (ScopePreview, error) {
	v, err := p.hub.PreviewScope(p.ctx, platform, scope)
	v.Leaving = full(v.Leaving)
	return v, err
}

// SetScope chooses who takes part.
func (p *People) SetScope(platform string, scope Scope) error {
	defer p.participation()
	return p.hub.SetScope(p.ctx, platform, scope)
}

// PreviewAccount says what making an account would bring.
func (p *People) PreviewAccount(person string, wish AccountWish) (AccountForecast, error) {
	v, err := p.hub.PreviewAccount(p.ctx, person, wish)
	v.Notes = full(v.Notes)
	return v, err
}

// ProposeAccount puts an account into the plan.
func (p *People) ProposeAccount(person string, wish AccountWish) error {
	defer p.participation()
	return p.hub.ProposeAccount(p.ctx, person, wish)
}

func (p *People) participation() {
	for _, t := range []Topic{TopicPeople, TopicPlan, TopicStatus} {
		p.events.Emit(string(t))
	}
}
