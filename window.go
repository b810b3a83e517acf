//go:build !headless && !bindings

package main

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"miohub/app/cli"
	"miohub/app/screens"
	"miohub/app/ui"
)

// frontend is the built window. On a fresh clone the folder holds nothing but a
// .gitkeep, which keeps the package listable before the frontend was built.
//
//go:embed all:frontend/dist
var frontend embed.FS

// openWindow opens the window on the hub that o asks for and blocks until it is
// closed or ctx ends.
func openWindow(ctx context.Context, o cli.WindowOptions) (err error) {
	assets, err := fs.Sub(frontend, "frontend/dist")
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	native := &ui.Native{}
	hub, end, err := screens.Start(ctx, o, native)
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	defer func() { err = errors.Join(err, end()) }()
	bound := ui.New(ctx, hub, native, hub.Shell(native), screens.About())
	defer bound.Close()
	return ui.Run(ctx, native, bound, assets)
}
