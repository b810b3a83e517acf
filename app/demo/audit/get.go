package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// How often a GET is repeated, and how long it waits when the answer does not say.
const (
	mostTries  = 200
	firstPause = 50 * time.Millisecond
	longPause  = 2 * time.Second
	mostAnswer = 64 << 20
)

// tokens hands out access tokens; renew asks for another one than before.
type tokens func(ctx context.Context, renew bool) (string, error)

// get reads JSON, waits as long as a quota asks for, and signs in again when a
// token has run out.
func get(ctx context.Context, client *http.Client, address string, token tokens, into any) error {
	pause := firstPause
	renew := false
	for range mostTries {
		bearer, err := token(ctx, renew)
		if err != nil {
			return err
		}
		status, header, answer, err := fetch(ctx, client, address, bearer)
		switch {
		case err != nil && ctx.Err() != nil:
			return err
		case err == nil && status == http.StatusOK:
			if err := json.Unmarshal(answer, into); err != nil {
				return fmt.Errorf("GET %s: %w", address, err)
			}
			return nil
		case err == nil && status == http.StatusUnauthorized && !renew:
			renew = true
			continue
		case err == nil && status != http.StatusTooManyRequests && status < http.StatusInternalServerError:
			return fmt.Errorf("GET %s: %d %s", address, status, answer)
		}
		renew = false
		wait := pause
		if seconds, err := strconv.ParseFloat(header.Get("Retry-After"), 64); err == nil {
			wait = time.Duration(seconds * float64(time.Second))
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
		pause = min(2*pause, longPause)
	}
	return fmt.Errorf("GET %s: no answer after %d tries", address, mostTries)
}

func fetch(ctx context.Context, client *http.Client, address, bearer string) (int, http.Header, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, nil, nil, fmt.Errorf("GET %s: %w", address, err)
	}
	request.Header.Set("Authorization", "Bearer "+bearer)
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, nil, fmt.Errorf("GET %s: %w", address, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("GET %s: %w", address, err)
	}
	return response.StatusCode, response.Header, answer, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
