package ui

import "context"

// Hub is everything the window needs, screen by screen.
type Hub interface {
	StatusHub
	PlatformsHub
	PlatformHub
	SetupHub
	PeopleHub
	AccountsHub
	RoomsHub
	PlanHub
	ActivityHub
	SettingsHub
	// Sandbox is nil when no sandbox tenants are in use.
	Sandbox() SandboxHub
}

// screen is what every screen shares: where it runs and whom it tells.
type screen struct {
	ctx    context.Context
	events Events
	shell  Shell
	jobs   *Jobs
}

// Screens are the structs bound to the window.
type Screens struct {
	Status    *Status
	Platforms *Platforms
	Platform  *Platform
	Setup     *Setup
	People    *People
	Accounts  *Accounts
	Rooms     *Rooms
	Plan      *Plan
	Activity  *Activity
	Settings  *Settings
	Help      *Help
	Sandbox   *Sandbox
	Jobs      *Jobs
}

// New makes the screens. They end with ctx; Close waits for what they started.
// A nil hub is good for generating the window's types only.
func New(ctx context.Context, hub Hub, events Events, shell Shell, about About) *Screens {
	jobs := NewJobs(ctx, events)
	r := screen{ctx: ctx, events: events, shell: shell, jobs: jobs}
	s := &Screens{
		Status: &Status{screen: r, hub: hub}, Platforms: &Platforms{screen: r, hub: hub}, Platform: &Platform{screen: r, hub: hub},
		Setup: &Setup{screen: r, hub: hub}, People: &People{screen: r, hub: hub}, Accounts: &Accounts{screen: r, hub: hub},
		Rooms: &Rooms{screen: r, hub: hub}, Plan: &Plan{screen: r, hub: hub},
		Activity: &Activity{screen: r, hub: hub}, Settings: &Settings{screen: r, hub: hub},
		Help: &Help{screen: r, about: about}, Sandbox: &Sandbox{screen: r}, Jobs: jobs,
	}
	if hub != nil {
		s.Sandbox.hub = hub.Sandbox()
	}
	return s
}

// Bind lists the screens as the window's toolkit wants them.
func (s *Screens) Bind() []any {
	return []any{s.Status, s.Platforms, s.Platform, s.Setup, s.People, s.Accounts, s.Rooms, s.Plan, s.Activity, s.Settings, s.Help, s.Sandbox, s.Jobs}
}

// Close cancels what is running and waits until it has ended.
func (s *Screens) Close() { s.Jobs.close() }

// full turns a nil list into an empty one, since nil would be null in the window.
func full[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
