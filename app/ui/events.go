package ui

// Topic is a key that says what changed. It carries no data: the window reads
// again what it shows of that topic.
type Topic string

// The topics, one per thing that screens show.
const (
	TopicStatus    Topic = "status"
	TopicPlatforms Topic = "platforms"
	TopicSetup     Topic = "setup"
	TopicPeople    Topic = "people"
	TopicRooms     Topic = "rooms"
	TopicPlan      Topic = "plan"
	TopicActivity  Topic = "activity"
	TopicSettings  Topic = "settings"
	TopicSandbox   Topic = "sandbox"
	TopicJobs      Topic = "jobs"
)

// Events tells the window what changed. Emit returns at once and may be called
// from any goroutine, also before the window is open.
type Events interface {
	Emit(topic string)
}

// Shell is what the window lends its screens: the system's file choosers and
// browser.
type Shell interface {
	// OpenFile lets the person choose a file; "" when they closed the chooser.
	OpenFile(title string, kinds ...FileKind) (string, error)
	// SaveFile lets the person choose where to write; "" when they closed the chooser.
	SaveFile(title, name string, kinds ...FileKind) (string, error)
	// OpenURL shows a page in the person's own browser.
	OpenURL(url string) error
}

// Notifier shows notifications of the desktop, also while the window is hidden.
// Where the system has none, nothing is shown and nothing is said about it.
type Notifier interface {
	// Notify shows one. A later one with the same id may take its place.
	Notify(id, title, body string)
}

// FileKind narrows a file chooser: a name and patterns such as "*.csv;*.txt".
type FileKind struct {
	Name    string
	Pattern string
}
