//go:build bindings && !headless

package main

import (
	"context"
	"embed"

	"miohub/app/cli"
	"miohub/app/ui"
)

// openWindow writes the window's generated types: the toolkit reads the bound
// structs under this tag, and no hub is opened.
func openWindow(ctx context.Context, _ cli.WindowOptions) error {
	native := &ui.Native{}
	bound := ui.New(ctx, nil, native, native, ui.About{})
	defer bound.Close()
	return ui.Run(ctx, native, bound, embed.FS{})
}
