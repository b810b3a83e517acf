package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// openWindow starts the program under a virtual display, waits until its window
// shows more than one flat colour, and closes it again.
func (b *builder) openWindow(ctx context.Context, program string) error {
	display, stop, err := b.virtualDisplay(ctx)
	if err != nil {
		return err
	}
	defer stop()
	data, err := os.MkdirTemp("", "miohub-window-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	app := exec.CommandContext(ctx, program, "window", "--sandbox", "--data", data)
	app.Env = append(os.Environ(), "DISPLAY="+display, "LIBGL_ALWAYS_SOFTWARE=1", "WEBKIT_DISABLE_COMPOSITING_MODE=1", "WEBKIT_FORCE_SANDBOX=0")
	app.Stdout, app.Stderr = b.out, os.Stderr
	app.Cancel = func() error { return app.Process.Signal(os.Interrupt) }
	app.WaitDelay = 5 * time.Second
	if err := app.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- app.Wait() }()
	err = b.waitForPicture(ctx, display, ended)
	cancel()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
	}
	return err
}

func (b *builder) waitForPicture(ctx context.Context, display string, ended <-chan error) error {
	shot := filepath.Join(os.TempDir(), fmt.Sprintf("miohub-window-%d.png", os.Getpid()))
	defer os.Remove(shot)
	for {
		select {
		case err := <-ended:
			return fmt.Errorf("the program ended before its window was seen: %v", err)
		case <-ctx.Done():
			return errors.New("the window stayed empty")
		case <-time.After(time.Second):
		}
		grab := exec.CommandContext(ctx, "import", "-display", display, "-window", "root", shot)
		if grab.Run() != nil {
			continue
		}
		out, err := exec.CommandContext(ctx, "identify", "-format", "%k", shot).Output()
		if err != nil {
			continue
		}
		if colours, err := strconv.Atoi(strings.TrimSpace(string(out))); err == nil && colours > 60 {
			fmt.Fprintf(b.out, "   the window shows a page (%d colours)\n", colours)
			return nil
		}
	}
}

func (b *builder) virtualDisplay(ctx context.Context) (name string, stop func(), err error) {
	read, write, err := os.Pipe()
	if err != nil {
		return "", nil, err
	}
	defer read.Close()
	x := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1280x860x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{write}
	if err := x.Start(); err != nil {
		write.Close()
		return "", nil, fmt.Errorf("start the virtual display: %w", err)
	}
	write.Close()
	stop = func() {
		_ = x.Process.Signal(os.Interrupt)
		_ = x.Wait()
	}
	buf := make([]byte, 16)
	n, err := read.Read(buf)
	if err != nil {
		stop()
		return "", nil, fmt.Errorf("the virtual display did not start: %w", err)
	}
	return ":" + strings.TrimSpace(string(buf[:n])), stop, nil
}
