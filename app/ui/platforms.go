package ui

import (
	"context"
	"fmt"
	"os"
)

// PlatformsHub is what the Platforms screen needs of the hub.
type PlatformsHub interface {
	Cards(ctx context.Context) ([]Card, error)
	Overview(ctx context.Context) (Overview, error)
	// Checks answers every check with its last finding, in the order they run.
	Checks(ctx context.Context, platform string) ([]CheckRow, error)
	// CheckNow runs all checks that write nothing.
	CheckNow(ctx context.Context, platform string, progress Progress) (string, error)
	Permissions(ctx context.Context, platform string) ([]Permission, error)
	// PermissionsText is the list of what is asked for, with why, for a security reviewer.
	PermissionsText(ctx context.Context, platform string) (string, error)
	DisconnectPreview(ctx context.Context, platform string) (DisconnectPreview, error)
	Disconnect(ctx context.Context, platform string, choice DisconnectChoice, progress Progress) (string, error)
	// EraseDirectory erases what was imported from a disconnected platform.
	EraseDirectory(ctx context.Context, platform string) error
	// Leftovers is what the last disconnect could not remove on the vendor's side.
	Leftovers(ctx context.Context, platform string) ([]Leftover, error)
}

// Card is one platform on the Platforms screen.
type Card struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	State     CardState `json:"state"`
	StateText string    `json:"stateText"` // "1 of 9 scopes missing"; "" where the state says all
	// Reason says why somebody has to sign in again; "" when nobody has to.
	Reason string `json:"reason"`
	Intro  string `json:"intro"`  // what connecting brings
	Need   string `json:"need"`   // the role that is needed
	Takes  string `json:"takes"`  // "about 5 minutes"
	Tenant string `json:"tenant"` // "acme.example"
	Admin  string `json:"admin"`
	// BridgeAccount posts where the platform cannot post as a person; "" where it can.
	BridgeAccount string `json:"bridgeAccount"`
	People        int    `json:"people"`
	Rooms         int    `json:"rooms"`
	RoomWords     string `json:"roomWords"` // "spaces"
	Imported      bool   `json:"imported"`
	LastSuccess   string `json:"lastSuccess"`
	ChecksPassed  int    `json:"checksPassed"`
	ChecksTotal   int    `json:"checksTotal"`
	ChecksAt      string `json:"checksAt"`
	StepsDone     int    `json:"stepsDone"`
	StepsTotal    int    `json:"stepsTotal"`
	Problems      []Note `json:"problems"`
}

// Note is a sentence for the administrator and the place that mends it.
type Note struct {
	Text string `json:"text"`
	// Detail is the cause and what to do about it; "" where Text says all.
	Detail   string `json:"detail"`
	Severity Level  `json:"severity"`
	Platform string `json:"platform"`
	// Link is a screen of the window ("/plan", "/connect/google") or a web page ("https://…"); "" for none.
	Link     string `json:"link"`
	LinkText string `json:"linkText"`
	// FixURL is the vendor's page that mends it; "" for none.
	FixURL string `json:"fixUrl"`
}

// Overview is what stands below the cards.
type Overview struct {
	// Waiting says what has to happen before messages flow; "" when they do.
	Waiting      string    `json:"waiting"`
	WaitingBadge string    `json:"waitingBadge"` // "Waiting for Microsoft Teams"
	Started      []Started `json:"started"`      // getting started
	Attention    []Note    `json:"attention"`
}

// Started is one line of the getting-started list.
type Started struct {
	Text string `json:"text"`
	Note string `json:"note"`
	Done bool   `json:"done"`
	Link string `json:"link"`
}

// CheckRow is a check with what it last found.
type CheckRow struct {
	Code     string       `json:"code"`
	Title    string       `json:"title"`
	Writes   bool         `json:"writes"`
	State    FindingState `json:"state"`
	Evidence string       `json:"evidence"`
	Cause    string       `json:"cause"`
	Fix      string       `json:"fix"`
	FixURL   string       `json:"fixUrl"`
	Raw      string       `json:"raw"`
	At       string       `json:"at"`
	// Others are further causes that look the same from here, the likelier first.
	Others []Remedy `json:"others"`
	// Unrecognised: nobody has met this answer before; Raw is all that is known.
	Unrecognised bool `json:"unrecognised"`
}

// Remedy is a cause with what mends it.
type Remedy struct {
	Cause  string `json:"cause"`
	Fix    string `json:"fix"`
	FixURL string `json:"fixUrl"`
}

// Permission is one scope or role, and why a feature needs it.
type Permission struct {
	Scope   string `json:"scope"`
	Kind    string `json:"kind"` // who holds it: "delegation", "user", "application"
	Feature string `json:"feature"`
	// FeatureTitle names the feature in words.
	FeatureTitle string       `json:"featureTitle"`
	Methods      []string     `json:"methods"`
	Reason       string       `json:"reason"`
	State        FindingState `json:"state"`
	// Asked: it is asked for with the features that are on.
	Asked bool `json:"asked"`
	// Covered names the broader permission that is asked for in its place; "" for none.
	Covered string `json:"covered"`
	Source  string `json:"source"` // the vendor's page; "" for none
}

// DisconnectPreview says in numbers what disconnecting stops.
type DisconnectPreview struct {
	Platform  string `json:"platform"`
	Name      string `json:"name"`
	Tenant    string `json:"tenant"`
	People    int    `json:"people"`    // linked people that will no longer be enabled
	Rooms     int    `json:"rooms"`     // linked rooms that stop carrying messages
	RoomWords string `json:"roomWords"` // "channels"
	Waiting   int    `json:"waiting"`   // messages that are not delivered yet
	// Stops, Keeps and Stays are sentences: what stops at once, what the hub
	// keeps, and what remains on the vendor's side.
	Stops []string   `json:"stops"`
	Keeps []string   `json:"keeps"`
	Stays []Leftover `json:"stays"`
	// EndSessions says whose sessions can be ended everywhere, and what that means;
	// "" where the platform cannot.
	EndSessions string `json:"endSessions"`
}

// Leftover is something that only a person can remove, and where.
type Leftover struct {
	What string `json:"what"`
	URL  string `json:"url"`
}

// DisconnectChoice is what the administrator decided in the dialog.
type DisconnectChoice struct {
	// KeepLinksDays is how long links are kept for a later Connect; 0 forgets them now.
	KeepLinksDays int `json:"keepLinksDays"`
	// EraseDirectory erases the imported people and rooms as well.
	EraseDirectory bool `json:"eraseDirectory"`
	// Deliver has what is on its way delivered first, as far as it can be in a
	// short time; otherwise it is dropped.
	Deliver bool `json:"deliver"`
	// EndSessions ends every session of the account that was signed in, everywhere.
	EndSessions bool `json:"endSessions"`
}

// Platforms is the Platforms screen.
type Platforms struct {
	screen
	hub PlatformsHub
}

// Cards answers one card per platform.
func (p *Platforms) Cards() ([]Card, error) {
	cards, err := p.hub.Cards(p.ctx)
	for i := range cards {
		cards[i].Problems = full(cards[i].Problems)
	}
	return full(cards), err
}

// Overview answers getting started, needs attention and the waiting banner.
func (p *Platforms) Overview() (Overview, error) {
	o, err := p.hub.Overview(p.ctx)
	o.Started, o.Attention = full(o.Started), full(o.Attention)
	return o, err
}

// Checks answers every check of a platform with its last finding.
func (p *Platforms) Checks(platform string) ([]CheckRow, error) {
	rows, err := p.hub.Checks(p.ctx, platform)
	for i := range rows {
		rows[i].Others = full(rows[i].Others)
	}
	return full(rows), err
}

// CheckNow runs all checks that write nothing, as a job.
func (p *Platforms) CheckNow(platform string) (string, error) {
	return p.jobs.start("check", platform, func(ctx context.Context, progress Progress) (string, error) {
		return p.hub.CheckNow(ctx, platform, progress)
	}, TopicPlatforms, TopicSetup)
}

// Permissions lists every permission asked for, and why.
func (p *Platforms) Permissions(platform string) ([]Permission, error) {
	list, err := p.hub.Permissions(p.ctx, platform)
	return fullMethods(list), err
}

// PermissionsText is the list of what is asked for, for a security reviewer.
func (p *Platforms) PermissionsText(platform string) (string, error) {
	return p.hub.PermissionsText(p.ctx, platform)
}

// SavePermissions writes the list as text to a file that the person chooses and
// answers its path, "" when they chose none.
func (p *Platforms) SavePermissions(platform string) (string, error) {
	text, err := p.hub.PermissionsText(p.ctx, platform)
	if err != nil {
		return "", err
	}
	path, err := p.shell.SaveFile("Save the list of permissions", platform+"-permissions.txt", FileKind{"Text", "*.txt"})
	if err != nil || path == "" {
		return "", err
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("save permissions: %w", err)
	}
	return path, nil
}

// DisconnectPreview says in numbers what disconnecting stops.
func (p *Platforms) DisconnectPreview(platform string) (DisconnectPreview, error) {
	d, err := p.hub.DisconnectPreview(p.ctx, platform)
	d.Stops, d.Keeps, d.Stays = full(d.Stops), full(d.Keeps), full(d.Stays)
	return d, err
}

// Disconnect stops the platform, revokes and erases its tokens, as a job.
func (p *Platforms) Disconnect(platform string, choice DisconnectChoice) (string, error) {
	return p.jobs.start("disconnect", platform, func(ctx context.Context, progress Progress) (string, error) {
		return p.hub.Disconnect(ctx, platform, choice, progress)
	}, TopicPlatforms, TopicSetup, TopicPeople, TopicRooms, TopicPlan)
}

// EraseDirectory erases the people and rooms that were imported from a platform
// that is disconnected.
func (p *Platforms) EraseDirectory(platform string) error {
	defer func() {
		for _, t := range []Topic{TopicPlatforms, TopicPeople, TopicRooms, TopicActivity} {
			p.events.Emit(string(t))
		}
	}()
	return p.hub.EraseDirectory(p.ctx, platform)
}

// Leftovers is what the last disconnect could not remove.
func (p *Platforms) Leftovers(platform string) ([]Leftover, error) {
	list, err := p.hub.Leftovers(p.ctx, platform)
	return full(list), err
}
