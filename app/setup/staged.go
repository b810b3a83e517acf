package setup

import (
	"context"
	"sync"

	"miohub/platforms"
)

// staged holds back what an action stores until it is known which organisation
// signed in: the token of another one must never take the place of ours.
type staged struct {
	platforms.Values

	mu      sync.Mutex
	written map[string]string // "" for what was deleted
}

func stage(v platforms.Values) *staged { return &staged{Values: v, written: map[string]string{}} }

// Get implements platforms.Values.
func (s *staged) Get(key string) string {
	s.mu.Lock()
	value, there := s.written[key]
	s.mu.Unlock()
	if there {
		return value
	}
	return s.Values.Get(key)
}

// Put implements platforms.Values.
func (s *staged) Put(_ context.Context, key, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.written[key] = value
	return nil
}

// Delete implements platforms.Values.
func (s *staged) Delete(ctx context.Context, key string) error { return s.Put(ctx, key, "") }

// commit stores what was held back.
func (s *staged) commit(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key, value := range s.written {
		put := func() error { return s.Values.Put(ctx, key, value) }
		if value == "" {
			put = func() error { return s.Values.Delete(ctx, key) }
		}
		if err := put(); err != nil {
			return err
		}
	}
	clear(s.written)
	return nil
}
