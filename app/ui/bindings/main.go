//go:build bindings

// Command bindings writes the window's generated types to frontend/wailsjs. It
// binds the screens without a hub behind them, so that it builds in seconds:
//
//	go run -tags bindings ./app/ui/bindings
package main

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"

	"miohub/app/ui"
)

func main() {
	native := &ui.Native{}
	screens := ui.New(context.Background(), nil, native, native, ui.About{})
	defer screens.Close()
	if err := ui.Run(context.Background(), native, screens, fstest.MapFS{}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
