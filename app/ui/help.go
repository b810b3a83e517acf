package ui

// About is what this build is.
type About struct {
	Version string `json:"version"`
	Built   string `json:"built"`  // RFC 3339, "" when unknown
	System  string `json:"system"` // "linux/amd64"
	Ask     string `json:"ask"`    // where to ask, a web page; "" for none
}

// Help is the Help screen.
type Help struct {
	screen
	about About
}

// About answers what this build is.
func (h *Help) About() (About, error) { return h.about, nil }
