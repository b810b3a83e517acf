package screens

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/user"
	"runtime"
	"runtime/debug"

	"miohub/app/cli"
	"miohub/app/demo"
	"miohub/app/deployment"
	"miohub/app/ui"
	"miohub/app/vault"
	"miohub/platforms/all"
	"miohub/platforms/sandbox"
)

// sandboxSpeed is how many seconds of the sandbox tenants' time pass in one: fast
// enough to watch, slow enough to be throttled now and then.
const sandboxSpeed = 20

// Desktop is what the native window lends the hub.
type Desktop interface {
	ui.Events
	ui.Notifier
}

// Start opens the hub that the window's options ask for. With sandbox tenants
// everything is in a folder of its own, and in a temporary one that end removes
// unless a data folder was given.
func Start(ctx context.Context, o cli.WindowOptions, desktop Desktop) (h *Hub, end func() error, err error) {
	if o.Sandbox {
		return startSandbox(ctx, o, desktop)
	}
	dir := o.Data
	if dir == "" {
		if dir, err = cli.DataDir(); err != nil {
			return nil, nil, err
		}
	}
	h, err = Open(ctx, Options{Dir: dir, Vault: cli.VaultOptions(), Platforms: all.Platforms(), Who: who(), Events: desktop, Notify: desktop, Deployments: deployment.Paths()})
	if errors.Is(err, vault.ErrKeychain) {
		return nil, nil, fmt.Errorf("%w\nSecrets are sealed with a key from the system's keychain, and none can be used here. Unlock it, or start Mio Hub with a passphrase of your own in %s; `miohub window --sandbox` needs neither", err, demo.PassphraseVariable)
	}
	if err != nil {
		return nil, nil, err
	}
	return h, h.Close, nil
}

func startSandbox(ctx context.Context, o cli.WindowOptions, desktop Desktop) (*Hub, func() error, error) {
	dir, remove := o.Data, func() error { return nil }
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "miohub-window-"); err != nil {
			return nil, nil, fmt.Errorf("make a folder for the sandbox: %w", err)
		}
		remove = func() error { return os.RemoveAll(dir) }
	}
	if o.Seed == 0 {
		var b [4]byte
		if _, err := rand.Read(b[:]); err != nil {
			return nil, nil, errors.Join(err, remove())
		}
		o.Seed = uint64(binary.BigEndian.Uint32(b[:]))
	}
	h, err := Open(ctx, Options{
		Dir: dir, Vault: vault.Options{Memory: true}, Platforms: all.Platforms(), Who: who(), Events: desktop, Notify: desktop,
		Sandbox: &Sandbox{
			Size:   sandbox.Size{Seed: o.Seed, People: o.People, Rooms: o.Rooms, Speed: sandboxSpeed},
			Google: o.Google, Microsoft: o.Microsoft,
		},
	})
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return h, func() error { return errors.Join(h.Close(), remove()) }, nil
}

// who is named in the log: the person whose session this is.
func who() string {
	u, err := user.Current()
	if err != nil || u.Username == "" {
		return "administrator (window)"
	}
	return u.Username + " (window)"
}

// About is what this build is.
func About() ui.About {
	a := ui.About{Version: cli.Version(), System: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.time" {
				a.Built = s.Value
			}
		}
	}
	return a
}
