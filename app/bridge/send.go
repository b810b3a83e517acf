package bridge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"miohub/app/store"
	"miohub/platforms"
	"miohub/platforms/richtext"
)

// sendTimeout bounds one send in a real tenant's time.
const sendTimeout = 2 * time.Minute

// runSender hands due rows to workers: rooms in parallel, one row per room at a
// time, until ctx ends. Rows under way when ctx ends are finished first, so that
// a calm stop leaves nothing uncertain.
func (e *Engine) runSender(ctx context.Context) error {
	w := &workers{busy: map[platforms.Ref]bool{}, slots: make(chan struct{}, e.senders), errs: make(chan error, 1)}
	defer w.wait.Wait()
	for {
		if err := e.dispatch(ctx, w); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-w.errs:
			return err
		case <-e.send:
		case <-time.After(250 * time.Millisecond): // retries fall due without a wake
		}
	}
}

// dispatch starts what can be started now: first what is uncertain, because it
// blocks its room, then what is due.
func (e *Engine) dispatch(ctx context.Context, w *workers) error {
	uncertain, err := e.store.Sending(ctx)
	if err != nil {
		return fmt.Errorf("bridge: read interrupted sends: %w", err)
	}
	for _, row := range uncertain {
		if !w.start(ctx, e, row, e.resolve) {
			return ctx.Err()
		}
	}
	rows, err := e.store.Due(ctx, e.now(), 4*e.senders)
	if err != nil {
		return fmt.Errorf("bridge: read outbox: %w", err)
	}
	for _, row := range rows {
		if !w.start(ctx, e, row, e.sendRow) {
			return ctx.Err()
		}
	}
	return nil
}

// workers send rows, one per room at a time.
type workers struct {
	wait  sync.WaitGroup
	slots chan struct{}
	errs  chan error

	mu   sync.Mutex
	busy map[platforms.Ref]bool
}

// start runs f on a row unless its room is busy; false means that ctx ended.
// The check comes before the row is read again, so that a row which was finished
// meanwhile is not taken up twice: its state has changed, and marking it fails.
func (w *workers) start(ctx context.Context, e *Engine, row store.OutboxRow, f func(context.Context, store.OutboxRow) error) bool {
	if _, known := e.sides[row.Target.Platform]; !known || !w.take(row.Target) {
		return true
	}
	select {
	case w.slots <- struct{}{}:
	case <-ctx.Done():
		w.free(row.Target)
		return false
	}
	w.wait.Add(1)
	go func() {
		defer w.wait.Done()
		err := w.run(context.WithoutCancel(ctx), e, row, f)
		w.free(row.Target)
		<-w.slots
		if err != nil {
			select {
			case w.errs <- err:
			default:
			}
		}
		e.wakeSender()
	}()
	return true
}

// run reads the row again, now that its room is ours, and works on it if it is
// still in the state it was listed in.
func (w *workers) run(ctx context.Context, e *Engine, row store.OutboxRow, f func(context.Context, store.OutboxRow) error) error {
	now, found, err := e.store.OutboxRow(ctx, row.ID)
	if err != nil {
		return fmt.Errorf("bridge: read outbox: %w", err)
	}
	if !found || now.State != row.State {
		return nil
	}
	err = f(ctx, now)
	if errors.Is(err, store.ErrState) {
		// Somebody dropped the row, or unlinked its rooms, while it was worked on.
		return nil
	}
	return err
}

func (w *workers) take(room platforms.Ref) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[room] {
		return false
	}
	w.busy[room] = true
	return true
}

func (w *workers) free(room platforms.Ref) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.busy, room)
}

// sendRow brings one row to its end, or to its next attempt. Only a failing
// store is an error.
func (e *Engine) sendRow(ctx context.Context, row store.OutboxRow) error {
	// Asked of the store, because another process may have unlinked the rooms.
	carries, err := e.store.Carries(ctx, row.LinkID, row.SourceRoom, row.Target)
	if err != nil {
		return fmt.Errorf("bridge: look for link: %w", err)
	}
	if !carries {
		return e.store.Drop(ctx, row.ID, "the rooms are no longer linked")
	}
	var p payload
	if plain, err := e.vault.Unseal(sealOutbox, row.Sealed); err != nil {
		return e.hold(ctx, row, fmt.Errorf("open stored draft: %w", err))
	} else if err := unmarshal(plain, "draft", &p); err != nil {
		return e.hold(ctx, row, err)
	}
	side := e.sides[row.Target.Platform]
	if row.Kind == store.Create {
		if err := e.transfer(ctx, side, row, &p); errors.Is(err, errStopped) {
			return nil // nothing was sent; the row waits for the next start
		} else if err != nil {
			return e.postpone(ctx, row, err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	switch row.Kind {
	case store.Create:
		return e.create(ctx, side, row, p)
	case store.Edit:
		return e.edit(ctx, side, row, p)
	case store.Delete:
		return e.remove(ctx, side, row, p)
	case store.React:
		return e.react(ctx, side, row, p)
	}
	return e.hold(ctx, row, fmt.Errorf("unknown kind %q", row.Kind))
}

func (e *Engine) draft(ctx context.Context, row store.OutboxRow, p payload) (platforms.Draft, error) {
	copies, err := e.copies(ctx, row)
	if err != nil {
		return platforms.Draft{}, err
	}
	before := 0 // posts of this part that were deleted
	for _, l := range copies {
		if partOf(l.Key) == row.Key && l.Deleted {
			before++
		}
	}
	d := platforms.Draft{
		Key: again(row.Key, before), Room: platforms.RoomID(row.Target.ID), As: platforms.UserID(row.As),
		Body: p.Body, Mentioned: p.Mentioned, FirstTried: row.FirstTried,
	}
	ready, said := p.uploads()
	d.Files, d.Body = ready, append(slices.Clone(d.Body), said...)
	if row.As == "" { // every part: each can be read, quoted and found on its own
		d.Body = richtext.Label(d.Body, p.Name, p.Origin)
	}
	if !isReply(row) {
		// The later parts of a root go into its thread, so that nothing that is
		// said meanwhile comes between them.
		if first, found := standing(copies, draftKey(row.Source, 0)); found && row.Key != partOf(first.Key) {
			d.Root = platforms.MessageID(first.TargetRoot)
		}
		return d, nil
	}
	d.Root, err = e.rootThere(ctx, row)
	return d, err
}

func isReply(row store.OutboxRow) bool {
	return row.SourceRoot.ID != "" && row.SourceRoot != row.Source
}

// rootThere finds the other side's root of a reply's thread: the copy of the
// root that was said here, the thread of the original whose copy the root here
// is, or the thread in which earlier replies to a root that was never carried
// were collected. "" when there is none: the reply then starts a thread of its own.
func (e *Engine) rootThere(ctx context.Context, row store.OutboxRow) (platforms.MessageID, error) {
	copies, err := e.store.MessageLinkBySource(ctx, row.SourceRoot)
	if err != nil {
		return "", fmt.Errorf("bridge: look for thread: %w", err)
	}
	for _, l := range copies {
		if l.TargetRoom == row.Target {
			return platforms.MessageID(l.TargetRoot), nil
		}
	}
	original, found, err := e.store.MessageLinkByTarget(ctx, row.SourceRoot)
	if err != nil {
		return "", fmt.Errorf("bridge: look for thread: %w", err)
	}
	if found && original.SourceRoom == row.Target {
		if original.SourceRoot != "" {
			return platforms.MessageID(original.SourceRoot), nil
		}
		return platforms.MessageID(original.Source.ID), nil
	}
	there, err := e.store.ThreadThere(ctx, row.SourceRoom, row.Target, row.SourceRoot.ID)
	if err != nil {
		return "", fmt.Errorf("bridge: look for thread: %w", err)
	}
	return platforms.MessageID(there), nil
}

func (e *Engine) create(ctx context.Context, side Side, row store.OutboxRow, p payload) error {
	d, err := e.draft(ctx, row, p)
	if err != nil {
		return err
	}
	m := side.Connection.Messages
	if d.FirstTried.IsZero() {
		d.FirstTried = e.now()
	}
	wait, err := e.rootOnItsWay(ctx, row, d)
	if err != nil {
		return err
	}
	if err := e.store.MarkSending(ctx, row.ID, d.FirstTried); err != nil {
		return fmt.Errorf("bridge: mark sending: %w", err)
	}
	if wait {
		next := e.now().Add(time.Duration(float64(time.Second) / max(1, side.Pace)))
		if err := e.store.MarkRetry(ctx, row.ID, next, "waits for the message it answers"); err != nil {
			return fmt.Errorf("bridge: mark retry: %w", err)
		}
		return nil
	}
	sent, err := m.Send(ctx, d)
	switch kind := platforms.KindOf(err); {
	case err == nil:
		return e.sent(ctx, row, d, p, sent)
	case kind == platforms.Uncertain && !m.Features(d.Room).Idempotent:
		return e.lookFor(ctx, side, row, d, p)
	case kind == platforms.Forbidden && row.As != "":
		if waits, err := e.doubt(ctx, row, err); waits || err != nil {
			return err
		}
		return e.relabel(ctx, row, err)
	default:
		return e.later(ctx, row, err)
	}
}

// rootOnItsWay: the reply answers a message that is unknown here while one of
// ours is being posted in that room. It may be the one: people answer faster than
// an uncertain send is found again. It is waited for as long as a send may take.
func (e *Engine) rootOnItsWay(ctx context.Context, row store.OutboxRow, d platforms.Draft) (bool, error) {
	if d.Root != "" || !isReply(row) || e.now().Sub(row.Made) > sendTimeout {
		return false, nil
	}
	return e.posting(ctx, row.SourceRoom)
}

// lookFor resolves a send that may have happened. One candidate is bound; none,
// after the platform's read-back window, is sent again; several are held for a
// person to decide. When the looking itself fails, the row stays marked as
// being sent and is looked for again.
func (e *Engine) lookFor(ctx context.Context, side Side, row store.OutboxRow, d platforms.Draft, p payload) error {
	var unread error // a store that cannot tell what is known makes every find worthless
	found, err := side.Connection.Messages.FindSent(ctx, d, func(id platforms.MessageID) bool {
		is, err := e.store.IsTarget(ctx, message(row.Target, string(id)))
		unread = errors.Join(unread, err)
		return is
	})
	switch {
	case unread != nil && ctx.Err() == nil:
		return fmt.Errorf("bridge: look for what is known: %w", unread)
	case err != nil:
		e.failed(row.Target.Platform, err)
		e.rest(ctx, side, platforms.RetryAfter(err))
		return nil
	case len(found) == 1:
		e.note(ctx, store.LevelInfo, "bridge.send-found", "A message whose sending was interrupted had arrived; it was not sent again.", row, nil)
		return e.sent(ctx, row, d, p, found[0])
	case len(found) > 1:
		return e.hold(ctx, row, fmt.Errorf("%d messages in the room could be this one", len(found)))
	}
	e.note(ctx, store.LevelInfo, "bridge.send-repeated", "A message whose sending was interrupted had not arrived; it is sent again.", row, nil)
	if err := e.store.MarkRetry(ctx, row.ID, e.now(), "not found after an interrupted send"); err != nil {
		return fmt.Errorf("bridge: mark retry: %w", err)
	}
	return nil
}

// rest waits a little, in the tenant's time, so that what fails at once is not
// tried in a tight circle.
func (e *Engine) rest(ctx context.Context, side Side, asked time.Duration) {
	wait := max(asked, time.Duration(float64(5*time.Second)/max(1, side.Pace)))
	select {
	case <-ctx.Done():
	case <-e.stopping():
	case <-time.After(wait):
	}
}

// resolve takes up a row that was being sent when the engine stopped, or whose
// outcome could not be read. What is safe to repeat is repeated.
func (e *Engine) resolve(ctx context.Context, row store.OutboxRow) error {
	side := e.sides[row.Target.Platform]
	posts, err := e.posts(ctx, row)
	if err != nil {
		return err
	}
	if !posts || side.Connection.Messages.Features(platforms.RoomID(row.Target.ID)).Idempotent {
		if err := e.store.MarkRetry(ctx, row.ID, e.now(), "interrupted"); err != nil {
			return fmt.Errorf("bridge: mark retry: %w", err)
		}
		return nil
	}
	var p payload
	if plain, err := e.vault.Unseal(sealOutbox, row.Sealed); err != nil {
		return e.hold(ctx, row, fmt.Errorf("open stored draft: %w", err))
	} else if err := unmarshal(plain, "draft", &p); err != nil {
		return e.hold(ctx, row, err)
	}
	d, err := e.draft(ctx, row, p)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	return e.lookFor(ctx, side, row, d, p)
}

// posts reports whether a row makes a new message: a create does, and so does an
// edit that needs one part more.
func (e *Engine) posts(ctx context.Context, row store.OutboxRow) (bool, error) {
	if row.Kind != store.Edit {
		return row.Kind == store.Create, nil
	}
	links, err := e.copies(ctx, row)
	if err != nil {
		return false, err
	}
	_, found := standing(links, row.Key)
	return !found && stands(links, row.Source), nil
}

func (e *Engine) sent(ctx context.Context, row store.OutboxRow, d platforms.Draft, p payload, s platforms.Sent) error {
	sourceRoot := ""
	if isReply(row) {
		sourceRoot = row.SourceRoot.ID
	}
	err := e.store.MarkSent(ctx, row.ID, store.MessageLink{
		Source: row.Source, Target: message(row.Target, string(s.ID)), SourceRoom: row.SourceRoom, TargetRoom: row.Target,
		SourceRoot: sourceRoot, TargetRoot: string(s.Root), As: string(d.As), Key: d.Key, Version: s.Version, Hash: richtext.Hash(p.Body),
	})
	if err != nil {
		return fmt.Errorf("bridge: record delivery: %w", err)
	}
	e.succeeded(row.Target.Platform)
	e.note(ctx, store.LevelOK, "bridge.delivered", "Message delivered", row, nil)
	return nil
}

// relabel turns a post that a person may not make there into a labelled one.
func (e *Engine) relabel(ctx context.Context, row store.OutboxRow, cause error) error {
	e.note(ctx, store.LevelInfo, "bridge.relabelled", "The author may not post there; the message is posted with a label instead.", row, cause)
	if err := e.store.Relabel(ctx, row.ID); err != nil {
		return fmt.Errorf("bridge: relabel: %w", err)
	}
	return nil
}

// later decides what becomes of a row whose call failed without effect.
func (e *Engine) later(ctx context.Context, row store.OutboxRow, err error) error {
	switch platforms.KindOf(err) {
	case platforms.SlowDown, platforms.TryLater, platforms.Uncertain, platforms.SignInAgain:
	default:
		e.failed(row.Target.Platform, err)
		if waits, err := e.doubt(ctx, row, err); waits || err != nil {
			return err
		}
		return e.hold(ctx, row, err)
	}
	if err := e.store.MarkRetry(ctx, row.ID, e.nextTry(row, err), err.Error()); err != nil {
		return fmt.Errorf("bridge: mark retry: %w", err)
	}
	return nil
}

// How long a refusal is doubted, in a real tenant's time: until the checks that it
// sets off have run, and for as long as they find the connection broken.
const (
	doubtPause = 20 * time.Second
	doubts     = 3
)

// doubt decides whether a refused row waits. While the whole connection is
// refused, because a key is disabled or a service switched off, a refusal says
// nothing about the row's author or room: nothing is relabelled or held for it.
func (e *Engine) doubt(ctx context.Context, row store.OutboxRow, refusal error) (waits bool, err error) {
	if platforms.KindOf(refusal) != platforms.Forbidden {
		return false, nil
	}
	c, err := e.store.Connection(ctx, row.Target.Platform)
	if err != nil {
		return false, fmt.Errorf("bridge: look at the connection: %w", err)
	}
	wait := time.Minute
	if c.Problem == "" {
		if row.Attempts >= doubts {
			return false, nil
		}
		wait = doubtPause
	}
	pace := max(1, e.sides[row.Target.Platform].Pace)
	next := e.now().Add(time.Duration(float64(wait) / pace))
	if err := e.store.MarkRetry(ctx, row.ID, next, refusal.Error()); err != nil {
		return false, fmt.Errorf("bridge: mark retry: %w", err)
	}
	return true, nil
}

// postpone puts a row off that was not handed to the platform yet. A store that
// fails is the only other error there can be.
func (e *Engine) postpone(ctx context.Context, row store.OutboxRow, err error) error {
	var known *platforms.Error
	if !errors.As(err, &known) && ctx.Err() == nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if err := e.store.Postpone(ctx, row.ID, e.nextTry(row, err), err.Error()); err != nil {
		return fmt.Errorf("bridge: postpone: %w", err)
	}
	return nil
}

// nextTry notes a failure that passes and answers when to try again.
func (e *Engine) nextTry(row store.OutboxRow, err error) time.Time {
	e.failed(row.Target.Platform, err)
	pace := max(1, e.sides[row.Target.Platform].Pace)
	wait := time.Duration(float64(backoff(row.Attempts+1, 0)) / pace)
	wait = max(wait, platforms.RetryAfter(err))
	if platforms.KindOf(err) == platforms.SignInAgain {
		wait = max(wait, time.Duration(float64(time.Minute)/pace))
	}
	return e.now().Add(wait)
}

// hold stops a row for a person to look at. Later messages of the room go on.
func (e *Engine) hold(ctx context.Context, row store.OutboxRow, cause error) error {
	e.note(ctx, store.LevelProblem, "bridge.held", "A message could not be delivered and is held: resend or drop it.", row, cause)
	if err := e.store.MarkHeld(ctx, row.ID, cause.Error()); err != nil {
		return fmt.Errorf("bridge: hold: %w", err)
	}
	return nil
}
