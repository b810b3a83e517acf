package demo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"miohub/platforms"
	"miohub/platforms/sandbox"
)

// engine is the bridge in a process of its own.
type engine struct {
	cmd  *exec.Cmd
	done chan error
}

func (r *run) startEngine() (*engine, error) {
	cmd := r.o.Engine(r.app.Dir())
	cmd.Env = append(os.Environ(), PassphraseVariable+"="+r.passphrase)
	cmd.Stderr = os.Stderr
	// Nothing is ever written: the pipe closes with this process, however that
	// ends, and so tells the engine to end as well.
	if _, err := cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the engine: %w", err)
	}
	e := &engine{cmd: cmd, done: make(chan error, 1)}
	go func() { e.done <- cmd.Wait() }()
	return e, nil
}

// kill ends the process as a power cut would: it gets no chance to tidy up.
func (e *engine) kill() error {
	if err := e.cmd.Process.Kill(); err != nil {
		return fmt.Errorf("kill the engine: %w", err)
	}
	<-e.done
	return nil
}

// stop asks the process to end and waits for it.
func (e *engine) stop() error {
	if err := e.cmd.Process.Signal(os.Interrupt); err != nil {
		// Windows cannot interrupt another process; nothing is lost by a kill.
		return e.kill()
	}
	select {
	case err := <-e.done:
		if err != nil {
			return fmt.Errorf("the engine ended: %w", err)
		}
		return nil
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the engine did not end when asked to"), e.kill())
	}
}

// blow is one kill: in which tenant a send is caught after it took effect and
// before it is answered.
type blow struct {
	id    platforms.ID
	api   string
	name  string
	where string
}

func blows() []blow {
	return []blow{
		{id: "microsoft", api: "graph", where: "/messages", name: "Microsoft Teams"},
		{id: "google", api: "chat", where: "/messages", name: "Google Chat"},
	}
}

// talk lets people speak in all linked rooms while the engine carries it, kills
// the engine once in each direction, and compares what arrived with what was said.
func (r *run) talk(ctx context.Context) error {
	if len(r.world.Pairs()) == 0 {
		r.report.problem("no pair of rooms could be made, so nothing was said")
		return nil
	}
	r.o.Say("Starting the engine in a process of its own")
	e, err := r.startEngine()
	if err != nil {
		return err
	}
	quieten := r.beside(ctx)
	defer quieten()
	parts := halves(r.o.Messages)
	for i, b := range blows() {
		if e, err = r.half(ctx, e, b, parts[i], uint64(i)); err != nil {
			return err
		}
	}
	quieten()
	if err := r.share(ctx, e); err != nil {
		return errors.Join(err, e.kill())
	}
	if err := r.drain(ctx, e); err != nil {
		return errors.Join(err, e.kill())
	}
	if err := e.stop(); err != nil {
		r.report.problem("%v", err)
	}
	if err := r.held(ctx); err != nil {
		return err
	}
	if r.o.Sabotage != "" {
		r.o.Say("Tampering with one delivery: %s", r.o.Sabotage)
		if err := r.sabotage(); err != nil {
			r.report.problem("%v", err)
		}
	}
	return r.compare(ctx)
}

// halves splits the talk in two; from five messages on each holds an edit, a
// delete and a reply.
func halves(n int) []int { return []int{n / 2, n - n/2} }

// half lets people say n messages and kills the engine in the middle of a send
// to the tenant that b names.
func (r *run) half(ctx context.Context, e *engine, b blow, n int, part uint64) (*engine, error) {
	caught := make(chan struct{})
	held, letGo := context.WithCancel(context.Background())
	defer letGo() // however this ends: nothing may wait for the send held back
	r.world.Faults.Set(sandbox.Fault{
		ID: "kill-" + string(b.id), Title: "hold one send after it took effect", API: b.api, Method: http.MethodPost, Path: b.where,
		Times: 1, After: true, Drop: true, Hold: func(*http.Request) { close(caught); <-held.Done() },
	})
	defer r.world.Faults.Clear("kill-" + string(b.id))
	r.o.Say("People say %d messages", n)
	said := make(chan error, 1)
	talkCtx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		said <- r.world.Converse(talkCtx, sandbox.Talk{
			Messages: n, Rate: r.rate(), Seed: r.o.Size.Seed*2 + part, NewID: r.trial.NewMessageIDs(),
		})
	}()
	killed, finished := false, false
	for !killed || !finished {
		select {
		case <-ctx.Done():
			return e, errors.Join(ctx.Err(), e.kill())
		case err := <-said:
			if err != nil {
				return e, errors.Join(fmt.Errorf("people talking: %w", err), e.kill())
			}
			finished = true
		case err := <-e.done:
			return e, fmt.Errorf("the engine ended by itself: %v", err)
		case <-caught:
			r.o.Say("  a message reached %s and is not acknowledged yet: killing the engine", b.name)
			if err := e.kill(); err != nil {
				return e, err
			}
			letGo()
			caught, killed = nil, true
			r.report.Restarts++
			next, err := r.startEngine()
			if err != nil {
				return e, err
			}
			e = next
		case <-time.After(60 * time.Second):
			if finished {
				r.report.problem("no message reached %s, so the engine was never killed there", b.name)
				return e, nil
			}
		}
	}
	return e, nil
}

// rate spreads the talking so that people can answer what was carried over.
func (r *run) rate() float64 { return max(12, float64(r.o.Messages)/30) }

// quiet is how long nothing may be under way before the talk counts as carried.
const quiet = 2500 * time.Millisecond

// drain waits until everything said was looked at, converted and sent.
func (r *run) drain(ctx context.Context, e *engine) error {
	r.o.Say("Waiting until everything has been carried")
	since := time.Now()
	limit := time.Now().Add(5*time.Minute + time.Duration(r.o.Messages)*50*time.Millisecond)
	last := -1
	for {
		n, err := r.waiting(ctx)
		if err != nil {
			return err
		}
		done, err := r.app.Store.CountMessageLinks(ctx)
		if err != nil {
			return err
		}
		if n > 0 || done != last {
			since, last = time.Now(), done
		}
		if time.Since(since) > quiet+r.slowestLook() {
			return nil
		}
		if time.Now().After(limit) {
			r.report.problem("%d messages were still waiting after a long time", n)
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-e.done:
			return fmt.Errorf("the engine ended by itself: %v", err)
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// slowestLook is how long a quiet room may wait for its next look.
func (r *run) slowestLook() time.Duration {
	longest := time.Duration(0)
	for _, p := range r.o.Platforms {
		longest = max(longest, r.app.Looks(p.ID).Max)
	}
	return longest
}

// sameRoom: a platform's opaque room id ends in the World's.
func sameRoom(ref platforms.Ref, room string) bool {
	return room != "" && (ref.ID == room || strings.HasSuffix(ref.ID, "/"+room))
}
