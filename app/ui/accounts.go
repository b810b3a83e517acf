package ui

import "context"

// AccountsHub is what the People screen needs of the hub to choose who takes part
// and to make accounts for people without one.
type AccountsHub interface {
	// AccountOptions says what kind of account can be made on a platform.
	AccountOptions(ctx context.Context, platform string) (AccountOptions, error)
	// PreviewAccounts foretells what accounts for people would bring. It makes none.
	PreviewAccounts(ctx context.Context, ids []string, choice AccountChoice) ([]AccountPreview, error)
	// ProposeAccounts puts the accounts into the plan. It makes none.
	ProposeAccounts(ctx context.Context, ids []string, choice AccountChoice) error
	// ScopeOptions says who takes part now, and what can be chosen.
	ScopeOptions(ctx context.Context, platform string) (ScopeOptions, error)
	// PreviewScope tells whom a choice would take in. It changes nothing.
	PreviewScope(ctx context.Context, platform string, choice ScopeChoice) (ScopePreview, error)
	// SetScope chooses who takes part; whom that enables or withdraws is for the plan.
	SetScope(ctx context.Context, platform string, choice ScopeChoice) error
}

// AccountOptions is what kind of account can be made on a platform.
type AccountOptions struct {
	Platform string `json:"platform"`
	Name     string `json:"name"` // "Microsoft Teams"
	// Why is the reason why none can be made, "" when some can.
	Why      string          `json:"why"`
	OrgUnits []string        `json:"orgUnits"` // empty where there are none to choose
	Licences []LicenceChoice `json:"licences"` // empty where none can be given
}

// LicenceChoice is a kind of licence that can be given.
type LicenceChoice struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Free int    `json:"free"` // how many are left, -1 when the platform does not tell
}

// AccountChoice is what kind of account is to be made, and where.
type AccountChoice struct {
	Platform string `json:"platform"`
	Guest    bool   `json:"guest"`
	OrgUnit  string `json:"orgUnit"` // "" for the platform's default
	Country  string `json:"country"` // two letters, "" for the tenant's own
	Licence  string `json:"licence"` // "" for none
}

// AccountPreview is what an account for one person would bring.
type AccountPreview struct {
	ID      string   `json:"id"` // of the row
	Name    string   `json:"name"`
	Address string   `json:"address"`
	Problem string   `json:"problem"` // why it cannot be made, "" when it can
	Notes   []string `json:"notes"`
	Costs   bool     `json:"costs"` // a paid licence is used up
}

// ScopeChoice is who takes part.
type ScopeChoice struct {
	Kind string   `json:"kind"` // "all", "org-units" or "groups"
	Of   []string `json:"of"`   // paths of org units or ids of groups; empty for "all"
}

// ScopeOptions is who takes part now, and what can be chosen.
type ScopeOptions struct {
	Platform string      `json:"platform"`
	Name     string      `json:"name"`
	Now      ScopeChoice `json:"now"`
	// Why is the reason why neither org units nor groups can be read, "" when
	// some can.
	Why      string      `json:"why"`
	OrgUnits []ScopeItem `json:"orgUnits"`
	Groups   []ScopeItem `json:"groups"`
}

// ScopeItem is an org unit or a group.
type ScopeItem struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Note string `json:"note"` // an address, a kind
}

// ScopePreview is whom a choice would take in.
type ScopePreview struct {
	Inside  int      `json:"inside"`
	Outside int      `json:"outside"`
	Leaving []string `json:"leaving"` // enabled people who would be proposed to be withdrawn
}

// Accounts is the part of the People screen about who takes part and who gets an
// account.
type Accounts struct {
	screen
	hub AccountsHub
}

// Options says what kind of account can be made on a platform.
func (a *Accounts) Options(platform string) (AccountOptions, error) {
	o, err := a.hub.AccountOptions(a.ctx, platform)
	o.OrgUnits, o.Licences = full(o.OrgUnits), full(o.Licences)
	return o, err
}

// Preview foretells what accounts for people would bring.
func (a *Accounts) Preview(ids []string, choice AccountChoice) ([]AccountPreview, error) {
	list, err := a.hub.PreviewAccounts(a.ctx, ids, choice)
	for i := range list {
		list[i].Notes = full(list[i].Notes)
	}
	return full(list), err
}

// Propose puts the accounts into the plan.
func (a *Accounts) Propose(ids []string, choice AccountChoice) error {
	defer a.events.Emit(string(TopicPlan))
	return a.hub.ProposeAccounts(a.ctx, ids, choice)
}

// Scope says who takes part now, and what can be chosen.
func (a *Accounts) Scope(platform string) (ScopeOptions, error) {
	o, err := a.hub.ScopeOptions(a.ctx, platform)
	o.Now.Of, o.OrgUnits, o.Groups = full(o.Now.Of), full(o.OrgUnits), full(o.Groups)
	return o, err
}

// PreviewScope tells whom a choice would take in.
func (a *Accounts) PreviewScope(platform string, choice ScopeChoice) (ScopePreview, error) {
	p, err := a.hub.PreviewScope(a.ctx, platform, choice)
	p.Leaving = full(p.Leaving)
	return p, err
}

// SetScope chooses who takes part.
func (a *Accounts) SetScope(platform string, choice ScopeChoice) error {
	defer a.events.Emit(string(TopicPlan))
	defer a.events.Emit(string(TopicPeople))
	return a.hub.SetScope(a.ctx, platform, choice)
}
