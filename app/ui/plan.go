package ui

import "context"

// PlanHub is what the Plan screen needs of the hub.
type PlanHub interface {
	// MakePlan reads both platforms, compares them with what is set up and stores
	// what would change.
	MakePlan(ctx context.Context, progress Progress) (string, error)
	// CurrentPlan answers the latest plan; State none when there is none yet.
	CurrentPlan(ctx context.Context) (PlanView, error)
	PlanByID(ctx context.Context, id string) (PlanView, error)
	// Approve marks rows for applying, or takes the mark back.
	Approve(ctx context.Context, plan string, rows []string, on bool) error
	// ApplyPlan carries out the approved rows, re-reading each before it changes it.
	ApplyPlan(ctx context.Context, plan string, progress Progress) (string, error)
	// Readers lists who will newly be able to read what through a row.
	Readers(ctx context.Context, plan, row string) ([]Reader, error)
	PlanHistory(ctx context.Context) ([]PlanSummary, error)
}

// PlanSummary is a plan in the history.
type PlanSummary struct {
	ID      string    `json:"id"`
	Made    string    `json:"made"`
	Applied string    `json:"applied"` // "" when it was not
	State   PlanState `json:"state"`
	Rows    int       `json:"rows"`
	Done    int       `json:"done"`
	Failed  int       `json:"failed"`
	Actor   string    `json:"actor"` // who approved
}

// PlanView is a plan with its rows.
type PlanView struct {
	ID     string    `json:"id"`
	Made   string    `json:"made"`
	State  PlanState `json:"state"`
	Reason string    `json:"reason"` // why it is held
	Groups []Group   `json:"groups"`
	Rows   []PlanRow `json:"rows"`
}

// Group is the rows of one verb.
type Group struct {
	Verb  string `json:"verb"`  // stable: "link-people"
	Title string `json:"title"` // "Link people"
	Text  string `json:"text"`  // what that does, in a sentence
	Count int    `json:"count"`
}

// PlanRow is one proposed change.
type PlanRow struct {
	ID      string   `json:"id"`
	Verb    string   `json:"verb"`
	Subject string   `json:"subject"` // "Ana Ortiz"
	Before  string   `json:"before"`
	After   string   `json:"after"`
	Reason  string   `json:"reason"`
	Risk    Risk     `json:"risk"`
	RiskWhy string   `json:"riskWhy"` // "2 guests will be able to read it"
	Readers int      `json:"readers"` // who will newly be able to read; -1 where the question does not arise
	Outside int      `json:"outside"` // of these, guests, external or unmatched
	State   RowState `json:"state"`
	Result  string   `json:"result"` // what came out, or why it failed
	Undo    bool     `json:"undo"`   // can be undone
	// Needs are the ids of rows that must be applied first.
	Needs []string `json:"needs"`
}

// Plan is the Plan screen.
type Plan struct {
	screen
	hub PlanHub
}

// Current answers the latest plan.
func (p *Plan) Current() (PlanView, error) { return tidy(p.hub.CurrentPlan(p.ctx)) }

// Get answers a plan of the history.
func (p *Plan) Get(id string) (PlanView, error) { return tidy(p.hub.PlanByID(p.ctx, id)) }

// Make looks what would change, as a job.
func (p *Plan) Make() (string, error) {
	return p.jobs.start("plan", "", func(ctx context.Context, progress Progress) (string, error) {
		return p.hub.MakePlan(ctx, progress)
	}, TopicPlan, TopicPeople, TopicRooms, TopicPlatforms)
}

// Approve marks rows for applying, or takes the mark back.
func (p *Plan) Approve(plan string, rows []string, on bool) error {
	defer p.events.Emit(string(TopicPlan))
	return p.hub.Approve(p.ctx, plan, rows, on)
}

// Apply carries out the approved rows, as a job.
func (p *Plan) Apply(plan string) (string, error) {
	return p.jobs.start("apply", plan, func(ctx context.Context, progress Progress) (string, error) {
		return p.hub.ApplyPlan(ctx, plan, progress)
	}, TopicPlan, TopicPeople, TopicRooms, TopicPlatforms)
}

// Readers lists who will newly be able to read what through a row.
func (p *Plan) Readers(plan, row string) ([]Reader, error) {
	list, err := p.hub.Readers(p.ctx, plan, row)
	return full(list), err
}

// History lists the plans, newest first.
func (p *Plan) History() ([]PlanSummary, error) {
	list, err := p.hub.PlanHistory(p.ctx)
	return full(list), err
}

func tidy(v PlanView, err error) (PlanView, error) {
	v.Groups, v.Rows = full(v.Groups), full(v.Rows)
	for i := range v.Rows {
		v.Rows[i].Needs = full(v.Rows[i].Needs)
	}
	return v, err
}
