package screens

import (
	"fmt"
	"os"
	"sync"

	"miohub/app/ui"
)

// openLogVariable names a file to which pages are written instead of being
// opened, so that a test visits them with a browser of its own.
const openLogVariable = "MIOHUB_OPEN_LOG"

// Shell is the window's shell as the hub's screens use it. With sandbox tenants,
// and only then, MIOHUB_OPEN_LOG replaces the system's browser by a file.
func (h *Hub) Shell(window ui.Shell) ui.Shell {
	path := os.Getenv(openLogVariable)
	if h.o.Sandbox == nil || path == "" {
		return window
	}
	return &openLog{Shell: window, path: path}
}

// openLog is a shell that writes pages down, one a line.
type openLog struct {
	ui.Shell
	path string
	mu   sync.Mutex
}

// OpenURL implements ui.Shell.
func (o *openLog) OpenURL(url string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	f, err := os.OpenFile(o.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write down a page: %w", err)
	}
	_, err = fmt.Fprintln(f, url)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write down a page: %w", err)
	}
	return nil
}
