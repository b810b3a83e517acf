//go:build !headless

package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"

	"miohub/app/cli"
	"miohub/app/ui"
)

// frontend is the built window. On a fresh clone the folder holds nothing but a
// .gitkeep, which keeps the package listable before the frontend was built.
//
//go:embed all:frontend/dist
var frontend embed.FS

// openWindow opens the window on the hub that openHub makes from o and blocks
// until it is closed or ctx ends.
func openWindow(ctx context.Context, o cli.WindowOptions) error {
	assets, err := fs.Sub(frontend, "frontend/dist")
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	native := &ui.Native{}
	if ui.Generating {
		return ui.Run(ctx, native, ui.New(ctx, nil, native, native, ui.About{}), assets)
	}
	hub, about, closeHub, err := openHub(ctx, o, native)
	if err != nil {
		return fmt.Errorf("open the window: %w", err)
	}
	defer closeHub()
	screens := ui.New(ctx, hub, native, native, about)
	defer screens.Close()
	return ui.Run(ctx, native, screens, assets)
}
