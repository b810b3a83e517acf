package google

import (
	"context"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
	"miohub/platforms/transport"
)

// roomMaker makes spaces.
type roomMaker struct{ w *workspace }

// Make makes a space whose first member, and manager, is By, or else the
// administrator. Google recognises a repeated key; a name that another space
// has is a Conflict.
func (m *roomMaker) Make(ctx context.Context, r platforms.NewRoom) (platforms.Room, error) {
	who := m.w.asAdmin(scopeSpaceMake)
	if r.By != "" {
		address, err := m.w.addressOf(ctx, r.By)
		if err != nil {
			return platforms.Room{}, err
		}
		who.subject = address
	}
	api, err := m.w.chat(ctx, who)
	if err != nil {
		return platforms.Room{}, err
	}
	wanted := &chat.Space{SpaceType: "SPACE", DisplayName: r.Name}
	if r.Description != "" {
		wanted.SpaceDetails = &chat.SpaceDetails{Description: r.Description}
	}
	made, err := api.Spaces.Create(wanted).RequestId(uuidOf("space", r.Key, who.subject)).Context(transport.Idempotent(ctx)).Do()
	if err != nil {
		return platforms.Room{}, failed("make space", err)
	}
	// A repeated request is answered with little more than the name.
	if made.DisplayName == "" {
		made.DisplayName, made.SpaceType, made.SpaceDetails = wanted.DisplayName, wanted.SpaceType, wanted.SpaceDetails
	}
	return roomOf(made), nil
}
