// Package all is the list of platforms that Mio Hub knows; nothing else.
package all

import (
	"miohub/platforms"
	"miohub/platforms/google"
	"miohub/platforms/microsoft"
)

// Platforms lists them in the order in which they are shown.
func Platforms() []platforms.Platform {
	return []platforms.Platform{google.Platform(), microsoft.Platform()}
}
