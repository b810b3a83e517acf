// Package uitest serves the window's screens to an ordinary browser on loopback,
// for tests that drive the built frontend with the real hub behind it.
//
// It is no part of the product: whoever can reach the address can do everything
// the window can.
package uitest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"reflect"
	"strings"
	"sync"

	"miohub/app/ui"
)

// Window stands in for the native window: Events and Shell for the screens, and
// the handler that a browser talks to.
type Window struct {
	// Open and Save answer the file choosers; nil closes them without a choice.
	Open, Save func(title string) string
	// Browse is called for pages that would open in the person's browser.
	Browse func(page string) error

	mu        sync.Mutex
	listeners map[chan string]bool
}

var (
	_ ui.Events = (*Window)(nil)
	_ ui.Shell  = (*Window)(nil)
)

// Emit implements ui.Events. A browser that does not keep up misses topics, as
// it reads everything again when it looks.
func (w *Window) Emit(topic string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.listeners {
		select {
		case c <- topic:
		default:
		}
	}
}

// OpenFile implements ui.Shell.
func (w *Window) OpenFile(title string, _ ...ui.FileKind) (string, error) {
	if w.Open == nil {
		return "", nil
	}
	return w.Open(title), nil
}

// SaveFile implements ui.Shell.
func (w *Window) SaveFile(title, _ string, _ ...ui.FileKind) (string, error) {
	if w.Save == nil {
		return "", nil
	}
	return w.Save(title), nil
}

// OpenURL implements ui.Shell.
func (w *Window) OpenURL(page string) error {
	if w.Browse == nil {
		return errors.New("this window has no browser")
	}
	return w.Browse(page)
}

// Handler serves the built frontend in assets with screens behind it.
func (w *Window) Handler(screens *ui.Screens, assets fs.FS) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /call/{screen}/{method}", calls(screens.Bind()))
	mux.HandleFunc("GET /events", w.events)
	mux.HandleFunc("GET /bridge.js", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = out.Write([]byte(bridge)) // a browser that has gone away needs no script
	})
	mux.HandleFunc("GET /{$}", page(assets))
	mux.Handle("GET /", http.FileServerFS(assets))
	return mux
}

// page serves index.html with the bridge in front of the frontend's own script.
func page(assets fs.FS) http.HandlerFunc {
	return func(out http.ResponseWriter, _ *http.Request) {
		html, err := fs.ReadFile(assets, "index.html")
		if err != nil {
			http.Error(out, "the frontend is not built: "+err.Error(), http.StatusNotFound)
			return
		}
		out.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = fmt.Fprint(out, strings.Replace(string(html), "<head>", `<head><script src="/bridge.js"></script>`, 1))
	}
}

// calls runs methods of the bound structs by name, as the native window does.
func calls(bound []any) http.HandlerFunc {
	screens := map[string]reflect.Value{}
	for _, screen := range bound {
		v := reflect.ValueOf(screen)
		screens[v.Elem().Type().Name()] = v
	}
	return func(out http.ResponseWriter, in *http.Request) {
		screen, ok := screens[in.PathValue("screen")]
		if !ok {
			http.NotFound(out, in)
			return
		}
		method := screen.MethodByName(in.PathValue("method"))
		if !method.IsValid() {
			http.NotFound(out, in)
			return
		}
		args, err := arguments(method.Type(), in)
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadRequest)
			return
		}
		answer(out, method.Call(args))
	}
}

func arguments(method reflect.Type, in *http.Request) ([]reflect.Value, error) {
	var raw []json.RawMessage
	if err := json.NewDecoder(in.Body).Decode(&raw); err != nil {
		return nil, fmt.Errorf("read the arguments: %w", err)
	}
	if len(raw) != method.NumIn() {
		return nil, fmt.Errorf("%d arguments for %d", len(raw), method.NumIn())
	}
	args := make([]reflect.Value, len(raw))
	for i := range raw {
		arg := reflect.New(method.In(i))
		if err := json.Unmarshal(raw[i], arg.Interface()); err != nil {
			return nil, fmt.Errorf("argument %d: %w", i, err)
		}
		args[i] = arg.Elem()
	}
	return args, nil
}

// answer writes what a method answered: its value, or its error as the window
// formats it, under status 500.
func answer(out http.ResponseWriter, values []reflect.Value) {
	out.Header().Set("Content-Type", "application/json")
	var value any
	for _, v := range values {
		if err, failed := v.Interface().(error); failed {
			out.WriteHeader(http.StatusInternalServerError)
			value = ui.FormatError(err)
			break
		}
		if v.Type() != reflect.TypeFor[error]() {
			value = v.Interface()
		}
	}
	_ = json.NewEncoder(out).Encode(value) // a browser that has gone away needs no answer
}

// events streams topics as server-sent events.
func (w *Window) events(out http.ResponseWriter, in *http.Request) {
	c := make(chan string, 64)
	w.mu.Lock()
	if w.listeners == nil {
		w.listeners = map[chan string]bool{}
	}
	w.listeners[c] = true
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		delete(w.listeners, c)
		w.mu.Unlock()
	}()
	out.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(out)
	if _, err := fmt.Fprint(out, ": open\n\n"); err != nil || flush.Flush() != nil {
		return
	}
	for {
		select {
		case <-in.Context().Done():
			return
		case topic := <-c:
			if _, err := fmt.Fprintf(out, "data: %s\n\n", topic); err != nil || flush.Flush() != nil {
				return
			}
		}
	}
}

// bridge puts the screens where the generated bindings look for them.
const bridge = `
(() => {
  const call = (screen, method) => async (...args) => {
    const response = await fetch("/call/" + screen + "/" + method, {
      method: "POST",
      body: JSON.stringify(args),
    });
    if (!response.ok && response.status !== 500) throw new Error(await response.text());
    const value = await response.json();
    if (!response.ok) throw value;
    return value;
  };
  const screens = new Proxy({}, {
    get: (_, screen) => new Proxy({}, { get: (_, method) => call(screen, method) }),
  });
  const listeners = new Set();
  new EventSource("/events").onmessage = (event) => {
    for (const listener of listeners) listener(event.data);
  };
  window.go = { ui: screens };
  window.runtime = {
    EventsOnMultiple: (_, listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ClipboardSetText: async (text) => {
      window.copied = text;
      return true;
    },
  };
})();
`
