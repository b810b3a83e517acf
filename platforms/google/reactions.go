package google

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
	"miohub/platforms/transport"
)

// reactionsPerPage is the most that reactions.list gives.
const reactionsPerPage = 200

// reactions sets and takes back reactions in people's own names. The Chat app
// cannot react: each reaction belongs to a person.
type reactions struct{ w *workspace }

// React adds or removes a person's reaction.
func (r *reactions) React(ctx context.Context, _ platforms.RoomID, message platforms.MessageID, as platforms.UserID, emoji string, on bool) error {
	if as == "" || as == appUser {
		return &platforms.Error{
			Kind: platforms.Unsupported, Op: "google: react", Code: "app-cannot-react",
			Text: "in Google Chat only people react, and no Chat app",
		}
	}
	address, err := r.w.addressOf(ctx, as)
	if err != nil {
		return err
	}
	api, err := r.w.chat(ctx, actor{address, scopeMessages})
	if err != nil {
		return err
	}
	if on {
		return r.add(ctx, api, message, emoji)
	}
	return r.remove(ctx, api, message, as, emoji)
}

func (r *reactions) add(ctx context.Context, api *chat.Service, message platforms.MessageID, emoji string) error {
	_, err := api.Spaces.Messages.Reactions.Create(string(message), &chat.Reaction{Emoji: &chat.Emoji{Unicode: emoji}}).
		Context(transport.Idempotent(ctx)).Do()
	err = failed("add reaction", err)
	if platforms.KindOf(err) == platforms.Conflict {
		return nil // it is there
	}
	return err
}

// remove looks for the reaction's own name, by which alone it can be deleted.
func (r *reactions) remove(ctx context.Context, api *chat.Service, message platforms.MessageID, as platforms.UserID, emoji string) error {
	var names []string
	err := api.Spaces.Messages.Reactions.List(string(message)).Filter(fmt.Sprintf(`user.name = "users/%s"`, as)).
		PageSize(reactionsPerPage).Pages(ctx, func(answer *chat.ListReactionsResponse) error {
		for _, found := range answer.Reactions {
			if found.Emoji != nil && sameEmoji(found.Emoji.Unicode, emoji) {
				names = append(names, found.Name)
			}
		}
		return nil
	})
	if err != nil {
		return failed("look for reaction", err)
	}
	for _, name := range names {
		_, err := api.Spaces.Messages.Reactions.Delete(name).Context(transport.Idempotent(ctx)).Do()
		err = failed("remove reaction", err)
		if err != nil && platforms.KindOf(err) != platforms.NotFound {
			return err
		}
	}
	return nil
}

// sameEmoji compares emoji without the mark that asks for a picture (U+FE0F),
// which clients add and leave out as they please.
func sameEmoji(a, b string) bool {
	const asPicture = "\ufe0f"
	return strings.ReplaceAll(a, asPicture, "") == strings.ReplaceAll(b, asPicture, "")
}
