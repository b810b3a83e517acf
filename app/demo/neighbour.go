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
	requests, refused int
}

// beside runs the neighbour until the hub was throttled once, or stop ends it.
// What it asked and was refused itself is left out of the report's counts.
func (r *run) beside(ctx context.Context) (end func()) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		defer cancel()
		if err := r.disturb(ctx); err != nil && ctx.Err() == nil {
			r.report.notes = append(r.report.notes, "The busy neighbour could not be played: "+err.Error())
		}
	}()
	return func() {
		cancel()
		wg.Wait()
	}
}

func (r *run) disturb(ctx context.Context) error {
	api, room, client, err := r.neighbourhood(ctx)
	if err != nil || room == "" {
		return err
	}
	defer client.CloseIdleConnections()
	before := r.counted().throttled
	// Twice as fast as the space's quota fills up again: one write a second of
	// the tenant's time.
	pause := time.Duration(float64(time.Second) / r.o.Size.Speed / 2)
	for ctx.Err() == nil && r.counted().throttled-before-r.neighbour.refused < 1 {
		status, err := ask(ctx, client, api+"v1/spaces/"+room+"/messages/client-nobody?updateMask=text")
		if err != nil {
			return err
		}
		r.neighbour.requests++
		if status == http.StatusTooManyRequests {
			r.neighbour.refused++
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return nil
}

// neighbourhood is where the neighbour lives: the API, a linked space, and a
// client in the name of one of its members.
func (r *run) neighbourhood(ctx context.Context) (api, room string, client *http.Client, err error) {
	t := r.world.Tenant("google")
	room = r.world.Pairs()[0].Room["google"]
	object, files := r.trial.Emulators[platforms.ID("google")].Describe()
	api, _ = object["chat_url"].(string)
	cfg, err := google.JWTConfigFromJSON(files["service_account_file"], "https://www.googleapis.com/auth/chat.messages")
	if err != nil {
		return "", "", nil, fmt.Errorf("read the service account: %w", err)
	}
	for _, id := range t.MembersOf(room) {
		if a, ok := t.Account(id); ok && a.Licensed && !a.Suspended {
			cfg.Subject = a.Address
			return api, room, cfg.Client(ctx), nil
		}
	}
	return "", "", nil, nil
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
