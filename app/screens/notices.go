package screens

import (
	"context"

	"miohub/app/store"
	"miohub/platforms"
)

// notifyKey is the setting that keeps notifications off: "off", or "" for on.
const notifyKey = "window.notify"

// keptNotices is how many notices wait to be shown; later ones are dropped, since
// the window says the same.
const keptNotices = 8

// notice is something to be shown on the desktop.
type notice struct {
	platform platforms.ID
	good     bool // it works again
	text     string
}

// announce has the desktop told when a platform's connection breaks, and when it
// works again. The log's sentences name causes and never what somebody wrote.
func (c *conductor) announce(rows []store.LogRow) {
	for _, r := range rows {
		if r.Code != "platform.problem" && r.Code != "platform.recovered" {
			continue
		}
		select {
		case c.notices <- notice{platform: r.Platform, good: r.Code == "platform.recovered", text: r.Text}:
		default:
		}
	}
}

// noticeLoop shows what was announced: the desktop may take its time.
func (c *conductor) noticeLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-c.notices:
			c.show(ctx, n)
		}
	}
}

func (c *conductor) show(ctx context.Context, n notice) {
	word, err := c.l.app.Store.Setting(ctx, notifyKey)
	if err != nil || word == "off" || c.notifier == nil {
		return
	}
	p, err := c.l.platform(string(n.platform))
	if err != nil {
		return
	}
	title := p.Name + " needs attention"
	if n.good {
		title = p.Name + " works again"
	}
	c.notifier.Notify("health."+string(n.platform), title, n.text)
}
