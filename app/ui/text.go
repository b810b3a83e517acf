package ui

import (
	"fmt"
	"net/url"
)

// counted says how much of the files was used.
func counted(r ExportReport) string {
	switch len(r.LeftOut) {
	case 0:
		return fmt.Sprintf("%d people taken from your files.", r.Used)
	case 1:
		return fmt.Sprintf("%d people taken from your files, 1 row left out.", r.Used)
	default:
		return fmt.Sprintf("%d people taken from your files, %d rows left out.", r.Used, len(r.LeftOut))
	}
}

// openPage opens a web page or begins an e-mail, and nothing else: the window
// shows links that vendors and tenants supplied.
func openPage(shell Shell, page string) error {
	u, err := url.Parse(page)
	if err != nil {
		return fmt.Errorf("open page: %w", err)
	}
	if u.Scheme == "mailto" && u.Host == "" {
		return shell.OpenURL(page)
	}
	if (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return fmt.Errorf("open page: %q is not a web page", page)
	}
	return shell.OpenURL(page)
}
