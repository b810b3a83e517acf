//go:build !headless

package ui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	"github.com/wailsapp/wails/v2/pkg/runtime"
)

// errNoWindow is answered before the window is open and after it was closed.
var errNoWindow = errors.New("the window is not open")

// Native is the native window: Events and Shell on the toolkit's runtime. It may
// be used before the window is open; events are then dropped, since a window
// that opens reads everything.
type Native struct {
	mu  sync.RWMutex
	ctx context.Context // of the toolkit, nil while there is no window

	notices sync.Mutex // held while one is shown, and while it is found out whether any can be
	asked   bool       // whether the system shows notifications is known
	shows   bool
}

var (
	_ Events   = (*Native)(nil)
	_ Shell    = (*Native)(nil)
	_ Notifier = (*Native)(nil)
)

func (n *Native) set(ctx context.Context) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ctx = ctx
}

// gone forgets the window, which was closed.
func (n *Native) gone() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ctx = nil
}

func (n *Native) window() context.Context {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return n.ctx
}

// Emit implements Events.
func (n *Native) Emit(topic string) {
	if ctx := n.window(); ctx != nil {
		runtime.EventsEmit(ctx, "changed", topic)
	}
}

// OpenFile implements Shell.
func (n *Native) OpenFile(title string, kinds ...FileKind) (string, error) {
	ctx := n.window()
	if ctx == nil {
		return "", errNoWindow
	}
	return runtime.OpenFileDialog(ctx, runtime.OpenDialogOptions{Title: title, Filters: filters(kinds)})
}

// SaveFile implements Shell.
func (n *Native) SaveFile(title, name string, kinds ...FileKind) (string, error) {
	ctx := n.window()
	if ctx == nil {
		return "", errNoWindow
	}
	return runtime.SaveFileDialog(ctx, runtime.SaveDialogOptions{Title: title, DefaultFilename: name, Filters: filters(kinds)})
}

// OpenURL implements Shell.
func (n *Native) OpenURL(url string) error {
	ctx := n.window()
	if ctx == nil {
		return errNoWindow
	}
	runtime.BrowserOpenURL(ctx, escaped(url))
	return nil
}

// escaped is a page's address without the characters that the toolkit, which
// fears for the system's shell, refuses in any address. Vendors' consoles have
// them in theirs: "/~/", "(…)".
func escaped(page string) string {
	var b strings.Builder
	for _, r := range page {
		if strings.ContainsRune(";|`$\\<>*{}[]()~! \t", r) {
			fmt.Fprintf(&b, "%%%02X", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Notify implements Notifier. The first one asks the system, which may ask the person.
func (n *Native) Notify(id, title, body string) {
	ctx := n.window()
	if ctx == nil {
		return
	}
	n.notices.Lock()
	defer n.notices.Unlock()
	if !n.asked {
		n.asked, n.shows = true, canNotify(ctx)
	}
	if !n.shows {
		return
	}
	if err := runtime.SendNotification(ctx, runtime.NotificationOptions{ID: id, Title: title, Body: body}); err != nil {
		n.shows = false // the window itself says the same
	}
}

// canNotify reports whether the system shows notifications and the person lets it.
func canNotify(ctx context.Context) bool {
	if !runtime.IsNotificationAvailable(ctx) || runtime.InitializeNotifications(ctx) != nil {
		return false
	}
	allowed, err := runtime.RequestNotificationAuthorization(ctx)
	return err == nil && allowed
}

// endNotices lets go of what the system's notifications need.
func (n *Native) endNotices(ctx context.Context) {
	n.notices.Lock()
	defer n.notices.Unlock()
	if n.shows {
		runtime.CleanupNotifications(ctx)
	}
	n.asked, n.shows = true, false
}

func filters(kinds []FileKind) []runtime.FileFilter {
	out := make([]runtime.FileFilter, 0, len(kinds))
	for _, k := range kinds {
		out = append(out, runtime.FileFilter{DisplayName: k.Name + " (" + k.Pattern + ")", Pattern: k.Pattern})
	}
	return out
}

// Run opens the window on screens and blocks until it is closed or ctx ends.
// assets hold the built frontend, index.html at their root.
func Run(ctx context.Context, native *Native, screens *Screens, assets fs.FS) error {
	beforeRun()
	closed := make(chan struct{})
	var watch sync.WaitGroup
	defer watch.Wait()
	defer close(closed)
	return wails.Run(&options.App{
		Title: "Mio Hub", Width: 1180, Height: 780, MinWidth: 1024, MinHeight: 700,
		AssetServer:      &assetserver.Options{Assets: assets},
		BackgroundColour: options.NewRGB(246, 247, 249),
		Bind:             screens.Bind(),
		EnumBind:         Enums(),
		ErrorFormatter:   FormatError,
		OnStartup: func(window context.Context) {
			native.set(window)
			watch.Add(1)
			go func() {
				defer watch.Done()
				quit(ctx, window, closed)
			}()
		},
		OnShutdown: func(window context.Context) {
			native.gone()
			native.endNotices(window)
		},
		Mac:   &mac.Options{TitleBar: mac.TitleBarDefault()},
		Linux: &linux.Options{ProgramName: "Mio Hub", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	})
}

// quitAgain is how long the window may take to close before it is asked again.
const quitAgain = time.Second

// quit closes the window when ctx ends. A signal, which mostly ends it, has the
// toolkit close the window by itself; asking at the same moment from here makes
// GTK end its loop twice, which crashes. The toolkit forgets a wish to close that
// comes before its loop runs, so the wish is repeated until closed.
func quit(ctx, window context.Context, closed <-chan struct{}) {
	select {
	case <-ctx.Done():
	case <-closed:
		return
	}
	for {
		select {
		case <-closed:
			return
		case <-time.After(quitAgain):
		}
		runtime.Quit(window)
	}
}
