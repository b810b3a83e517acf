package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// ErrLocked: another process holds the lock.
var ErrLocked = errors.New("held by another process")

// TryLock takes a named lock of this database, for example "engine", or fails
// with ErrLocked at once and tells who holds it. The operating system lets go of
// it when the process ends, however it ends.
func (s *Store) TryLock(_ context.Context, name string) (release func(), holder string, err error) {
	path := s.path + "." + name + ".lock"
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, "", fmt.Errorf("store: lock %s: %w", name, err)
	}
	if err := lockFile(f); err != nil {
		// Read before closing: the text is the holder's, the lock is not on these bytes.
		text, readErr := io.ReadAll(io.LimitReader(f, 512))
		closeErr := f.Close()
		if errors.Is(err, ErrLocked) && readErr == nil {
			holder = strings.TrimSpace(string(text))
		}
		return nil, holder, errors.Join(fmt.Errorf("store: lock %s: %w", name, err), closeErr)
	}
	holder = s.self()
	if err := errors.Join(f.Truncate(0), writeAt(f, holder)); err != nil {
		return nil, "", errors.Join(fmt.Errorf("store: lock %s: %w", name, err), f.Close())
	}
	return func() {
		// The file stays: removing it would let two processes lock two files of one name.
		_ = f.Truncate(0)
		_ = f.Close() // closing lets go
	}, holder, nil
}

// self describes this process to whoever finds the lock taken.
func (s *Store) self() string {
	host, err := os.Hostname()
	if err != nil {
		host = "this computer"
	}
	return fmt.Sprintf("process %d on %s since %s", os.Getpid(), host, s.now().UTC().Format(time.RFC3339))
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text+"\n"), 0)
	return err
}

// Lock takes a lock like TryLock, waiting for it until ctx ends.
func (s *Store) Lock(ctx context.Context, name string) (release func(), err error) {
	for {
		release, holder, err := s.TryLock(ctx, name)
		if !errors.Is(err, ErrLocked) {
			return release, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for %s (%s): %w", name, holder, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}
