//go:build headless

package main

import (
	"context"
	"errors"

	"miohub/app/cli"
)

// openWindow says that this build has no window.
func openWindow(context.Context, cli.WindowOptions) error {
	return errors.New("this is the command-line build of Mio Hub, which has no window; `miohub help` lists what it can do")
}
