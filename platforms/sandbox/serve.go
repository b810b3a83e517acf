package sandbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// closeWithin is how long Close lets running requests finish.
const closeWithin = 3 * time.Second

// Running is a World that is being served.
type Running struct {
	// URLs by tenant name and key: API name + "_url", and + "_tls_url" for what
	// is served over TLS as well. Each ends in "/", but those of services, which
	// are host:port.
	URLs map[string]map[string]string
	// CAPEM is the authority that signed the TLS certificate.
	CAPEM []byte

	servers   []*http.Server
	listeners []net.Listener
	tallies   map[string]*tally
	services  []func() // ends one
	running   sync.WaitGroup
	once      sync.Once
	stop      func() bool
}

// Serve serves every API of the emulators on a loopback port of its own, with
// the World's faults in front, until Close is called or ctx ends. API names
// must differ between the emulators.
func Serve(ctx context.Context, w *World, emulators ...*Emulator) (*Running, error) {
	cert, ca, err := certify(time.Now())
	if err != nil {
		return nil, fmt.Errorf("serve sandbox: %w", err)
	}
	run := &Running{URLs: map[string]map[string]string{}, CAPEM: ca, tallies: map[string]*tally{}}
	for _, e := range emulators {
		if err := run.serve(w, e, cert); err != nil {
			run.Close()
			return nil, fmt.Errorf("serve sandbox tenant %s: %w", e.Tenant, err)
		}
	}
	run.stop = context.AfterFunc(ctx, run.shutdown)
	return run, nil
}

// serve listens for all APIs of an emulator before it serves the first one, as
// the emulator must know its addresses by then.
func (run *Running) serve(w *World, e *Emulator, cert tls.Certificate) error {
	urls := map[string]string{}
	var start []func()
	for _, api := range e.APIs {
		if run.tallies[api.Name] != nil {
			return fmt.Errorf("two APIs are called %q", api.Name)
		}
		count := &tally{count: Count{Tenant: e.Tenant}}
		run.tallies[api.Name] = count
		handler := &inject{api: api.Name, next: api.Handler, faults: w.Faults, tally: count}
		for _, secure := range []bool{false, true}[:listeners(api)] {
			listener, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return fmt.Errorf("listen for %s: %w", api.Name, err)
			}
			server := newServer(handler)
			key, scheme := api.Name+"_url", "http"
			if secure {
				key, scheme = api.Name+"_tls_url", "https"
				server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
			}
			urls[key] = scheme + "://" + listener.Addr().String() + "/"
			run.servers, run.listeners = append(run.servers, server), append(run.listeners, listener)
			start = append(start, func() { run.start(server, listener, secure) })
		}
	}
	services, err := run.listen(e, urls)
	if err != nil {
		return err
	}
	run.URLs[e.Tenant] = urls
	if e.Attach != nil {
		e.Attach(withShortKeys(urls))
	}
	for _, f := range start {
		f()
	}
	for i, service := range e.Services {
		stop, err := service.Start(services[i])
		if err != nil {
			return fmt.Errorf("start %s: %w", service.Name, err)
		}
		run.services = append(run.services, stop)
	}
	return nil
}

// listen opens a port for each of the emulator's services.
func (run *Running) listen(e *Emulator, urls map[string]string) ([]net.Listener, error) {
	var out []net.Listener
	for _, service := range e.Services {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("listen for %s: %w", service.Name, err)
		}
		urls[service.Name+"_url"] = listener.Addr().String()
		run.listeners = append(run.listeners, listener)
		out = append(out, listener)
	}
	return out, nil
}

func listeners(api API) int {
	if api.TLS {
		return 2
	}
	return 1
}

// withShortKeys adds every URL under its key without "_url".
func withShortKeys(urls map[string]string) map[string]string {
	all := map[string]string{}
	for key, url := range urls {
		all[key] = url
		all[strings.TrimSuffix(key, "_url")] = url
	}
	return all
}

func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 20,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // broken handshakes are the client's to report
	}
}

func (run *Running) start(server *http.Server, listener net.Listener, secure bool) {
	run.running.Go(func() {
		var err error
		if secure {
			err = server.ServeTLS(listener, "", "")
		} else {
			err = server.Serve(listener)
		}
		if !errors.Is(err, http.ErrServerClosed) {
			slog.Error("sandbox server stopped", "address", listener.Addr().String(), "error", err)
		}
	})
}

// Counts tells what each API was asked so far, by API name.
func (run *Running) Counts() map[string]Count {
	counts := make(map[string]Count, len(run.tallies))
	for name, tally := range run.tallies {
		counts[name] = tally.get()
	}
	return counts
}

// Close stops serving: running requests get a moment to finish, then their
// connections are cut. It returns when everything has ended.
func (run *Running) Close() {
	if run.stop != nil {
		run.stop()
	}
	run.shutdown()
}

func (run *Running) shutdown() {
	run.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeWithin)
		defer cancel()
		var closing sync.WaitGroup
		for _, server := range run.servers {
			closing.Go(func() {
				if server.Shutdown(ctx) != nil {
					_ = server.Close() // only reports listeners that are closed already
				}
			})
		}
		closing.Wait()
		for _, stop := range run.services {
			stop()
		}
		for _, listener := range run.listeners {
			_ = listener.Close() // those whose server never started; the others are closed
		}
		run.running.Wait()
	})
}
