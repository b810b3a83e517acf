package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2/google"

	"miohub/platforms"
)

// neighbour is another app that is busy in one of the linked spaces. Google
// shares a space's quota among all apps in it, so the hub is told to slow down
// without having done anything wrong. It asks to change a message that is not
// there: that uses the quota up and changes nothing.
type neighbour struct {
	mu                sync.Mutex
	requests, refused int
	open              int // asked and not answered yet
}

func (n *neighbour) ask() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.requests++
	n.open++
}

func (n *neighbour) answered(refused bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open--
	if refused {
		n.refused++
	}
}

// mayHaveBeen is how many refusals may have been the neighbour's own.
func (n *neighbour) mayHaveBeen() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.refused + n.open
}

func (n *neighbour) asked() asked {
	n.mu.Lock()
	defer n.mu.Unlock()
	return asked{google: n.requests, throttled: n.refused}
}

// busyRooms is in how many linked spaces the neighbour is busy at once: in more
// than one, so that a short talk runs into it too.
const busyRooms = 4

// beside runs the neighbour until the hub was throttled once, or end is called.
// What it asked and was refused itself is left out of the report's counts.
func (r *run) beside(ctx context.Context) (end func()) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	before := r.counted().throttled
	var wg sync.WaitGroup
	pairs := r.world.Pairs()
	for _, pair := range pairs[:min(busyRooms, len(pairs))] {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := r.disturb(ctx, pair.Room["google"], before); err != nil && ctx.Err() == nil {
				r.o.Say("  the busy neighbour could not be played: %v", err)
			}
		}()
	}
	return func() {
		cancel()
		wg.Wait()
	}
}

// disturb keeps one space busy, twice as fast as its quota fills up again: one
// write a second of the tenant's time.
func (r *run) disturb(ctx context.Context, room string, before int) error {
	api, client, err := r.inhabitant(ctx, room)
	if err != nil || client == nil {
		return err
	}
	defer client.CloseIdleConnections()
	pause := time.Duration(float64(time.Second) / r.o.Size.Speed / 2)
	for ctx.Err() == nil && !r.throttledSince(before) {
		r.neighbour.ask()
		status, err := ask(ctx, client, api+"v1/spaces/"+room+"/messages/client-nobody?updateMask=text")
		r.neighbour.answered(status == http.StatusTooManyRequests)
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return nil
}

// throttledSince: the hub, and not only the neighbour, was told to slow down.
func (r *run) throttledSince(before int) bool {
	all := r.counted().throttled // read first: what is open now may be answered by then
	return all-before-r.neighbour.mayHaveBeen() > 0
}

// inhabitant is the API and a client in the name of a member of the space; no
// client when nobody there may use Chat.
func (r *run) inhabitant(ctx context.Context, room string) (api string, client *http.Client, err error) {
	t := r.world.Tenant("google")
	object, files := r.trial.Emulators[platforms.ID("google")].Describe()
	api, _ = object["chat_url"].(string)
	cfg, err := google.JWTConfigFromJSON(files["service_account_file"], "https://www.googleapis.com/auth/chat.messages")
	if err != nil {
		return "", nil, fmt.Errorf("read the service account: %w", err)
	}
	for _, id := range t.MembersOf(room) {
		if a, ok := t.Account(id); ok && a.Licensed && !a.Suspended {
			cfg.Subject = a.Address
			return api, cfg.Client(ctx), nil
		}
	}
	return api, nil, nil
}

func ask(ctx context.Context, client *http.Client, address string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, address, strings.NewReader(`{"text":"busy"}`))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}
