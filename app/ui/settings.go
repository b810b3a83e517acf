package ui

import "context"

// SettingsHub is what the Settings screen needs of the hub.
type SettingsHub interface {
	Preferences(ctx context.Context) (Preferences, error)
	// SetPreferences stores all of them; out-of-range values are an error that
	// names the field.
	SetPreferences(ctx context.Context, p Preferences) error
	Storage(ctx context.Context) (Storage, error)
}

// Preferences are the settings that a person can change.
type Preferences struct {
	Theme string `json:"theme"` // "auto", "light", "dark"
	// Notify shows a desktop notification when a platform's connection breaks or is mended.
	Notify bool `json:"notify"`
	// Looks are the intervals and the call budget per platform.
	Looks  []Look `json:"looks"`
	Safety Safety `json:"safety"`
	// Auto are the verbs that may be applied without asking; all off at first.
	Auto []Auto `json:"auto"`
	// LogDays is how long log entries are kept; 0 for ever.
	LogDays int `json:"logDays"`
	// LinkDays is how long message links are kept, which edits and replies need; 0 for ever.
	LinkDays int `json:"linkDays"`
}

// Look is how often a platform is looked at.
type Look struct {
	Platform         string `json:"platform"`
	Name             string `json:"name"`
	DirectoryMinutes int    `json:"directoryMinutes"`
	RoomMinSeconds   int    `json:"roomMinSeconds"` // a busy room
	RoomMaxSeconds   int    `json:"roomMaxSeconds"` // a quiet room
	LooksPer10s      int    `json:"looksPer10s"`    // call budget: looks in ten seconds
	Rule             string `json:"rule"`           // the vendor's own rule, in words
	RuleURL          string `json:"ruleUrl"`
}

// Safety are thresholds per run; beyond them a plan is held and asks.
type Safety struct {
	MaxDisable        int `json:"maxDisable"`        // people
	MaxDisablePercent int `json:"maxDisablePercent"` // of the linked people
	MaxUnlink         int `json:"maxUnlink"`         // rooms
	MaxUnlinkPercent  int `json:"maxUnlinkPercent"`
	GraceDays         int `json:"graceDays"` // between suspended at the source and suspended by us
}

// Auto is one verb that may be applied without asking.
type Auto struct {
	Verb  string `json:"verb"`
	Title string `json:"title"`
	Text  string `json:"text"`
	On    bool   `json:"on"`
	// Locked says why it cannot be switched: "Creating accounts always needs a person".
	Locked string `json:"locked"`
}

// Storage says where data lies and how secrets are protected.
type Storage struct {
	DataDir   string `json:"dataDir"`
	Database  string `json:"database"` // path
	Bytes     int    `json:"bytes"`
	Protector string `json:"protector"` // "keychain", "passphrase", "memory"
	// ProtectorText explains it: "The key to every secret is in this computer's keychain."
	ProtectorText string `json:"protectorText"`
	Kept          []Pair `json:"kept"` // what is stored, and how long
}

// Settings is the Settings screen.
type Settings struct {
	screen
	hub SettingsHub
}

// Get answers the settings.
func (s *Settings) Get() (Preferences, error) {
	p, err := s.hub.Preferences(s.ctx)
	p.Looks, p.Auto = full(p.Looks), full(p.Auto)
	return p, err
}

// Set stores the settings.
func (s *Settings) Set(p Preferences) error {
	defer s.events.Emit(string(TopicSettings))
	return s.hub.SetPreferences(s.ctx, p)
}

// Storage says where data lies.
func (s *Settings) Storage() (Storage, error) {
	v, err := s.hub.Storage(s.ctx)
	v.Kept = full(v.Kept)
	return v, err
}
