package screens

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"miohub/app"
	"miohub/app/plan"
	"miohub/app/ui"
	"miohub/app/vault"
	"miohub/platforms"
)

// Settings of the hub, and directoryKey of a platform.
const (
	themeKey         = "window.theme"
	directoryKey     = "look.directory" // minutes
	disableCountKey  = "safety.drop_count"
	disablePercent   = "safety.drop_percent"
	unlinkCountKey   = "safety.unlink_count"
	unlinkPercentKey = "safety.unlink_percent"
	graceKey         = "safety.grace_days"
	logDaysKey       = "keep.log_days"
	linkDaysKey      = "keep.link_days"
)

// What holds until somebody changes it.
const (
	defaultCount    = 5
	defaultPercent  = 20
	defaultGrace    = 14
	defaultLogDays  = 365
	defaultLinkDays = 365
)

func (l *live) number(ctx context.Context, key string, otherwise int) (int, error) {
	text, err := l.app.Store.Setting(ctx, key)
	return number(text, otherwise), err
}

func (l *live) safety(ctx context.Context) (ui.Safety, error) {
	var s ui.Safety
	for _, f := range thresholds(&s) {
		n, err := l.number(ctx, f.key, f.otherwise)
		if err != nil {
			return s, err
		}
		*f.to = n
	}
	return s, nil
}

// numberSetting is one whole-number setting with its bounds.
type numberSetting struct {
	name, key  string
	to         *int
	otherwise  int
	least, top int
}

func thresholds(s *ui.Safety) []numberSetting {
	return []numberSetting{
		{"People disabled", disableCountKey, &s.MaxDisable, defaultCount, 0, 100_000},
		{"Percent of people disabled", disablePercent, &s.MaxDisablePercent, defaultPercent, 0, 100},
		{"Rooms unlinked", unlinkCountKey, &s.MaxUnlink, defaultCount, 0, 100_000},
		{"Percent of rooms unlinked", unlinkPercentKey, &s.MaxUnlinkPercent, defaultPercent, 0, 100},
		{"Grace before suspending", graceKey, &s.GraceDays, defaultGrace, 0, 365},
	}
}

func retention(p *ui.Preferences) []numberSetting {
	return []numberSetting{
		{"Keep log entries", logDaysKey, &p.LogDays, defaultLogDays, 0, 36_500},
		{"Keep message links", linkDaysKey, &p.LinkDays, defaultLinkDays, 0, 36_500},
	}
}

// Preferences implements ui.SettingsHub.
func (h *Hub) Preferences(ctx context.Context) (ui.Preferences, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.Preferences, error) {
		var p ui.Preferences
		var err error
		if p.Theme, err = l.app.Store.Setting(ctx, themeKey); err != nil {
			return p, err
		}
		if p.Theme == "" {
			p.Theme = "auto"
		}
		for _, f := range append(thresholds(&p.Safety), retention(&p)...) {
			if *f.to, err = l.number(ctx, f.key, f.otherwise); err != nil {
				return p, err
			}
		}
		for _, platform := range l.app.Platforms() {
			p.Looks = append(p.Looks, l.look(ctx, platform))
		}
		withdraw, err := l.app.Store.Setting(ctx, app.AutoWithdrawKey)
		if err != nil {
			return p, err
		}
		p.Auto = automatic(withdraw != "off")
		notify, err := l.app.Store.Setting(ctx, notifyKey)
		p.Notify = notify != "off"
		return p, err
	})
}

// look is how often a platform is looked at, in the tenant's own time: a sandbox
// merely lets it pass faster.
func (l *live) look(ctx context.Context, p platforms.Platform) ui.Look {
	_, pace := l.app.Sandbox(ctx)
	o := l.app.Looks(p.ID)
	whole := func(d time.Duration) int { return max(1, int(d.Seconds()*pace+0.5)) }
	return ui.Look{
		Platform: string(p.ID), Name: p.Name, DirectoryMinutes: number(l.app.Store.Values(p.ID).Get(directoryKey), syncMinutes),
		RoomMinSeconds: whole(o.Min), RoomMaxSeconds: whole(o.Max), LooksPer10s: max(1, int(10*o.Budget/pace+0.5)),
		Rule: p.Introduction.LookRule, RuleURL: p.Introduction.LookRuleURL,
	}
}

func automatic(withdraw bool) []ui.Auto {
	const person = "Always needs a person"
	var out []ui.Auto
	for _, verb := range plan.Verbs() {
		if verb == plan.Acknowledge {
			continue
		}
		title, text := verbWords(verb)
		a := ui.Auto{Verb: string(verb), Title: title, Text: text, Locked: person}
		if verb == plan.Withdraw {
			a.On, a.Locked = withdraw, ""
		}
		out = append(out, a)
	}
	return out
}

// SetPreferences implements ui.SettingsHub.
func (h *Hub) SetPreferences(ctx context.Context, p ui.Preferences) error {
	return tell(ctx, h, func(ctx context.Context, l *live) error {
		numbers := append(thresholds(&p.Safety), retention(&p)...)
		for _, f := range numbers {
			if err := within(f.name, *f.to, f.least, f.top); err != nil {
				return err
			}
		}
		switch p.Theme {
		case "auto", "light", "dark":
		default:
			return fmt.Errorf("the theme %q is not known", p.Theme)
		}
		for _, look := range p.Looks {
			if err := checkLook(look); err != nil {
				return err
			}
		}
		for _, f := range numbers {
			if err := l.app.Store.SetSetting(ctx, f.key, strconv.Itoa(*f.to)); err != nil {
				return err
			}
		}
		if err := l.app.Store.SetSetting(ctx, themeKey, p.Theme); err != nil {
			return err
		}
		if err := l.app.Store.SetSetting(ctx, notifyKey, map[bool]string{true: "", false: "off"}[p.Notify]); err != nil {
			return err
		}
		for _, a := range p.Auto {
			if a.Verb != string(plan.Withdraw) {
				continue
			}
			if err := l.app.Store.SetSetting(ctx, app.AutoWithdrawKey, map[bool]string{true: "", false: "off"}[a.On]); err != nil {
				return err
			}
		}
		return l.setLooks(ctx, p.Looks)
	})
}

func within(name string, n, least, top int) error {
	if n < least || n > top {
		return fmt.Errorf("%s: must lie between %d and %d", name, least, top)
	}
	return nil
}

func checkLook(look ui.Look) error {
	for _, f := range []struct {
		name          string
		n, least, top int
	}{
		{"Directory", look.DirectoryMinutes, 1, 1440},
		{"Busy room", look.RoomMinSeconds, 1, 3600},
		{"Quiet room", look.RoomMaxSeconds, look.RoomMinSeconds, 86_400},
		{"Looks in 10 s", look.LooksPer10s, 1, 100},
	} {
		if err := within(look.Name+", "+f.name, f.n, f.least, f.top); err != nil {
			return err
		}
	}
	return nil
}

// setLooks stores what has changed, and lets the engine see it.
func (l *live) setLooks(ctx context.Context, looks []ui.Look) error {
	_, pace := l.app.Sandbox(ctx)
	changed := false
	for _, look := range looks {
		p, err := l.platform(look.Platform)
		if err != nil {
			return err
		}
		now := l.look(ctx, p)
		v := l.app.Store.Values(p.ID)
		passes := func(seconds int) string {
			return time.Duration(float64(seconds) / pace * float64(time.Second)).String()
		}
		for _, f := range []struct {
			was, is    int
			key, value string
		}{
			{now.DirectoryMinutes, look.DirectoryMinutes, directoryKey, strconv.Itoa(look.DirectoryMinutes)},
			{now.RoomMinSeconds, look.RoomMinSeconds, app.LookMinKey, passes(look.RoomMinSeconds)},
			{now.RoomMaxSeconds, look.RoomMaxSeconds, app.LookMaxKey, passes(look.RoomMaxSeconds)},
			{now.LooksPer10s, look.LooksPer10s, app.LookBudgetKey, strconv.FormatFloat(float64(look.LooksPer10s)/10*pace, 'g', -1, 64)},
		} {
			if f.was == f.is {
				continue
			}
			changed = true
			if err := v.Put(ctx, f.key, f.value); err != nil {
				return err
			}
		}
	}
	if changed {
		l.conduct.again()
	}
	return nil
}

// Storage implements ui.SettingsHub.
func (h *Hub) Storage(ctx context.Context) (ui.Storage, error) {
	return ask(ctx, h, func(ctx context.Context, l *live) (ui.Storage, error) {
		out := ui.Storage{DataDir: l.app.Dir(), Database: l.app.Store.Path(), Protector: string(l.app.Vault.Kind()), ProtectorText: protector(l.app.Vault.Kind())}
		for _, suffix := range []string{"", "-wal"} {
			if info, err := os.Stat(out.Database + suffix); err == nil {
				out.Bytes += int(info.Size())
			}
		}
		n, _, err := l.app.Store.LogSize(ctx)
		if err != nil {
			return out, err
		}
		carried, err := l.app.Store.CountMessageLinks(ctx)
		if err != nil {
			return out, err
		}
		links, err := l.app.Store.PersonLinks(ctx)
		if err != nil {
			return out, err
		}
		logDays, err := l.number(ctx, logDaysKey, defaultLogDays)
		if err != nil {
			return out, err
		}
		linkDays, err := l.number(ctx, linkDaysKey, defaultLinkDays)
		out.Kept = []ui.Pair{
			{Name: "Names and addresses", Value: "as each platform said them last; until you disconnect it and erase them"},
			{Name: "Links between people", Value: plural(len(links), "link", "links") + ", until you forget them"},
			{Name: "Messages' text", Value: "none, except sealed while a message is on its way"},
			{Name: "Which message stands for which", Value: fmt.Sprintf("%s, %s", plural(carried, "message", "messages"), kept(linkDays))},
			{Name: "Activity log", Value: fmt.Sprintf("%s, %s", plural(n, "entry", "entries"), kept(logDays))},
		}
		return out, err
	})
}

func kept(days int) string {
	if days == 0 {
		return "for ever"
	}
	return "for " + plural(days, "day", "days")
}

func protector(k vault.Kind) string {
	switch k {
	case vault.InKeychain:
		return "The key to every secret is in this computer's keychain."
	case vault.InPassphrase:
		return "The key to every secret is made from your passphrase, which is stored nowhere."
	}
	return "The key to every secret is in memory only: it is gone when the window closes."
}

// tidy removes what is older than it is to be kept.
func (l *live) tidy(ctx context.Context) error {
	for _, f := range []struct {
		key  string
		days int
		trim func(context.Context, time.Time) (int, error)
	}{
		{logDaysKey, defaultLogDays, l.app.Store.TrimLog},
		{linkDaysKey, defaultLinkDays, l.app.Store.PruneMessageLinks},
	} {
		days, err := l.number(ctx, f.key, f.days)
		if err != nil {
			return err
		}
		if days == 0 {
			continue
		}
		if _, err := f.trim(ctx, l.app.Now().AddDate(0, 0, -days)); err != nil {
			return err
		}
	}
	return l.app.ForgetExpired(ctx)
}
