package ui

import "context"

// PlatformHub is what the page of one platform needs of the hub.
type PlatformHub interface {
	// Features answers the platform's features in the order in which they are shown.
	Features(ctx context.Context, platform string) ([]Feature, error)
	// PreviewFeature says what switching a feature would change, and changes nothing.
	PreviewFeature(ctx context.Context, platform, feature string, on bool) (FeaturePreview, error)
	// SetFeature switches a feature and answers what that means, in a sentence.
	SetFeature(ctx context.Context, platform, feature string, on bool) (string, error)
	// Revocable is what was asked for once, is not any more, and may be revoked.
	Revocable(ctx context.Context, platform string) ([]Permission, error)
	// Revoked forgets what may be revoked, because somebody has done it.
	Revoked(ctx context.Context, platform string) error
	// CheckHistory is what a check has found so far, newest first.
	CheckHistory(ctx context.Context, platform, code string) ([]CheckSpan, error)
	// Noticing is how changes in rooms are noticed.
	Noticing(ctx context.Context, platform string) (Noticing, error)
	// SetNoticing chooses one of the ways.
	SetNoticing(ctx context.Context, platform, way string) error
}

// Feature is a part of the hub that asks a platform for permissions.
type Feature struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Brings   string `json:"brings"` // what it does
	Off      string `json:"off"`    // what does not happen while it is off
	Optional bool   `json:"optional"`
	On       bool   `json:"on"`
	// Permissions is how many permissions are asked for because of it alone; while
	// it is off, how many more would be asked for.
	Permissions int `json:"permissions"`
}

// FeaturePreview is what switching a feature would change.
type FeaturePreview struct {
	Adds    []Permission `json:"adds"`    // asked for from then on
	Removes []Permission `json:"removes"` // no longer asked for: may be revoked
	Effect  string       `json:"effect"`  // what begins, or what does not happen any more
	Next    string       `json:"next"`    // what has to be done afterwards; "" for nothing
	// Step and StepTitle are where in the set-up that is done; "" for nowhere.
	Step      string `json:"step"`
	StepTitle string `json:"stepTitle"`
}

// CheckSpan is a time during which a check found the same.
type CheckSpan struct {
	State    FindingState `json:"state"`
	Evidence string       `json:"evidence"` // as found last
	Cause    string       `json:"cause"`
	Fix      string       `json:"fix"`
	Raw      string       `json:"raw"`
	From     string       `json:"from"` // RFC 3339
	To       string       `json:"to"`   // the last time that it was found so
	Times    int          `json:"times"`
}

// Noticing is how changes in rooms are noticed.
type Noticing struct {
	Chosen string `json:"chosen"` // of a way
	Ways   []Way  `json:"ways"`
	// Rule is the vendor's own rule, in words.
	Rule    string `json:"rule"`
	RuleURL string `json:"ruleUrl"`
}

// Way is one way of noticing changes in rooms.
type Way struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
	// Missing says what has to be set up before it can be chosen; "" when it can be.
	Missing string `json:"missing"`
}

// Platform is the page of one platform.
type Platform struct {
	screen
	hub PlatformHub
}

// Features answers the platform's features.
func (p *Platform) Features(platform string) ([]Feature, error) {
	list, err := p.hub.Features(p.ctx, platform)
	return full(list), err
}

// PreviewFeature says what switching a feature would change.
func (p *Platform) PreviewFeature(platform, feature string, on bool) (FeaturePreview, error) {
	v, err := p.hub.PreviewFeature(p.ctx, platform, feature, on)
	v.Adds, v.Removes = fullMethods(v.Adds), fullMethods(v.Removes)
	return v, err
}

// SetFeature switches a feature and answers what that means.
func (p *Platform) SetFeature(platform, feature string, on bool) (string, error) {
	defer p.changed()
	return p.hub.SetFeature(p.ctx, platform, feature, on)
}

// Revocable is what was asked for once, is not any more, and may be revoked.
func (p *Platform) Revocable(platform string) ([]Permission, error) {
	list, err := p.hub.Revocable(p.ctx, platform)
	return fullMethods(list), err
}

// Revoked forgets what may be revoked, because somebody has done it.
func (p *Platform) Revoked(platform string) error {
	defer p.changed()
	return p.hub.Revoked(p.ctx, platform)
}

func fullMethods(list []Permission) []Permission {
	for i := range list {
		list[i].Methods = full(list[i].Methods)
	}
	return full(list)
}

// CheckHistory is what a check has found so far.
func (p *Platform) CheckHistory(platform, code string) ([]CheckSpan, error) {
	list, err := p.hub.CheckHistory(p.ctx, platform, code)
	return full(list), err
}

// Noticing is how changes in rooms are noticed.
func (p *Platform) Noticing(platform string) (Noticing, error) {
	v, err := p.hub.Noticing(p.ctx, platform)
	v.Ways = full(v.Ways)
	return v, err
}

// SetNoticing chooses a way of noticing changes.
func (p *Platform) SetNoticing(platform, way string) error {
	defer p.changed()
	return p.hub.SetNoticing(p.ctx, platform, way)
}

// changed tells the page, the wizard whose steps follow the choices, and the settings.
func (p *Platform) changed() {
	for _, t := range []Topic{TopicPlatforms, TopicSetup, TopicSettings} {
		p.events.Emit(string(t))
	}
}
