package graph

import (
	"context"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"
)

// Subscription has Graph tell of changes to a resource (resource type subscription).
type Subscription struct {
	ID              string    `json:"id"`
	Resource        string    `json:"resource"` // "/teams/{id}/channels/{id}/messages"
	ChangeType      string    `json:"changeType"`
	NotificationURL string    `json:"notificationUrl"`
	Expires         time.Time `json:"expirationDateTime"`
}

// NewSubscription asks to be told.
type NewSubscription struct {
	Resource        string
	ChangeType      string // "created,updated"
	NotificationURL string // notifications and those about the subscription itself go there
	ClientState     string // returned with every notification, to know it by; at most 128 characters
	Expires         time.Time
}

// Subscriptions lists those of this application and signed-in person.
func (c *Client) Subscriptions(ctx context.Context) ([]Subscription, error) {
	var all []Subscription
	err := each(ctx, c, "list subscriptions", get("{+baseurl}/subscriptions", at()), collect(&all))
	return all, err
}

// Subscribe makes a subscription. Content is not asked for: a notification
// names the resource that changed and no more.
func (c *Client) Subscribe(ctx context.Context, n NewSubscription) (Subscription, error) {
	body := map[string]any{
		"resource": n.Resource, "changeType": n.ChangeType, "clientState": n.ClientState, "includeResourceData": false,
		"notificationUrl": n.NotificationURL, "lifecycleNotificationUrl": n.NotificationURL, "expirationDateTime": stamp(n.Expires),
	}
	var made Subscription
	err := c.call(ctx, "subscribe", carry(abs.POST, "{+baseurl}/subscriptions", at(), body), &made)
	return made, err
}

// Renew lets a subscription live until the time given, and proves to Graph that
// whoever made it may still read the resource.
func (c *Client) Renew(ctx context.Context, id string, expires time.Time) (Subscription, error) {
	var renewed Subscription
	err := c.call(ctx, "renew subscription", carry(abs.PATCH, "{+baseurl}/subscriptions/{id}", at("id", id),
		map[string]any{"expirationDateTime": stamp(expires)}), &renewed)
	return renewed, err
}

// Unsubscribe ends a subscription.
func (c *Client) Unsubscribe(ctx context.Context, id string) error {
	return c.call(ctx, "end subscription", carry(abs.DELETE, "{+baseurl}/subscriptions/{id}", at("id", id), nil), nil)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
