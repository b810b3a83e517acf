package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"miohub/app/activity"
	"miohub/app/deployment"
	"miohub/app/store"
	"miohub/platforms"
)

// Settings of what a deployment file brought: the hash of the file that was
// applied, per platform, and that of the last one that was refused.
const (
	deployedKey      = "deployment.hash."
	deployRefusedKey = "deployment.refused"
)

// Shipped is what is known of the deployment file of this computer.
type Shipped struct {
	// Path is where it lies; "" when there is none, or it was refused unread.
	Path string
	By   string
	// Err is why it was not used, naming file, key and reason; nil when it was.
	Err error
}

// Shipped tells of the deployment file that was found when the hub was opened.
func (a *App) Shipped() Shipped {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.shipped
}

// deploy reads the deployment file and applies what was not applied before. A
// wrong one is told and keeps nothing from working.
func (a *App) deploy(ctx context.Context) error {
	if sandbox, _ := a.Sandbox(ctx); sandbox || len(a.deployments) == 0 {
		return nil
	}
	f, err := deployment.Read(a.deployments, a.platforms)
	s := Shipped{Err: err}
	if f != nil {
		s.Path, s.By = f.Path, f.ShippedBy
		s.Err = a.applyDeployment(ctx, f)
	}
	a.mu.Lock()
	a.shipped = s
	a.mu.Unlock()
	return a.tellRefused(ctx, s.Err)
}

func (a *App) applyDeployment(ctx context.Context, f *deployment.File) error {
	for _, p := range a.platforms {
		shipped, there := f.Platforms[p.ID]
		done, err := a.Store.Setting(ctx, deployedKey+string(p.ID))
		if err != nil {
			return err
		}
		if !there || done == f.Hash {
			continue
		}
		if err := a.applyShipped(ctx, p, shipped, f.ShippedBy+" ("+f.Path+")"); err != nil {
			return &deployment.Error{Path: f.Path, Key: string(p.ID), Reason: err.Error()}
		}
		if err := a.Store.SetSetting(ctx, deployedKey+string(p.ID), f.Hash); err != nil {
			return err
		}
		a.write(ctx, activity.Entry{Level: store.LevelInfo, Code: "deployment.applied", Platform: p.ID, Actor: "deployment", Subject: f.Path,
			Text: fmt.Sprintf("The set-up of %s that %s ships was taken from %s.", p.Name, f.ShippedBy, f.Path)})
	}
	return nil
}

func (a *App) applyShipped(ctx context.Context, p platforms.Platform, s deployment.Platform, by string) error {
	w, err := a.Wizard(ctx, p.ID)
	if err != nil {
		return err
	}
	values := maps.Clone(s.Files)
	maps.Copy(values, s.Values)
	if len(s.TestPeople) > 0 {
		values[platforms.KeyTestPeople] = strings.Join(s.TestPeople, " ")
	}
	if s.Source != "" {
		values[platforms.KeySource] = s.Source
	}
	for f, on := range s.Features {
		values[platforms.FeatureKey(f)] = map[bool]string{true: "on", false: "off"}[on]
	}
	return errors.Join(a.beginSetup(ctx), w.Deploy(ctx, values, by))
}

// tellRefused logs a deployment file that was refused, once for each reason.
func (a *App) tellRefused(ctx context.Context, refused error) error {
	reason := ""
	if refused != nil {
		reason = refused.Error()
	}
	told, err := a.Store.Setting(ctx, deployRefusedKey)
	if err != nil || told == reason {
		return err
	}
	if reason != "" {
		a.write(ctx, activity.Entry{Level: store.LevelProblem, Code: "deployment.refused", Actor: "deployment", Err: refused,
			Text: "The deployment file was not used: " + reason + "."})
	}
	return a.Store.SetSetting(ctx, deployRefusedKey, reason)
}

// redeploy takes the shipped set-up again, after a disconnect has erased it.
func (a *App) redeploy(ctx context.Context, id platforms.ID) error {
	if err := a.Store.SetSetting(ctx, deployedKey+string(id), ""); err != nil {
		return err
	}
	return a.deploy(ctx)
}
