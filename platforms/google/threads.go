package google

import (
	"context"
	"sync"

	"google.golang.org/api/chat/v1"

	"miohub/platforms"
)

// maxThreads bounds what is remembered; past it everything is asked for anew.
const maxThreads = 50_000

// threads translates between a thread's name and its root message, by which the
// rest of the hub knows a thread. Google tells only the name with a reply, and
// not even that with a deleted message.
type threads struct {
	mu     sync.Mutex
	roots  map[string]platforms.MessageID
	byRoot map[platforms.MessageID]string
}

func newThreads() *threads {
	return &threads{roots: map[string]platforms.MessageID{}, byRoot: map[platforms.MessageID]string{}}
}

// learn notes that root started thread.
func (t *threads) learn(root platforms.MessageID, thread string) {
	if thread == "" || root == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.roots) > maxThreads {
		clear(t.roots)
		clear(t.byRoot)
	}
	t.roots[thread], t.byRoot[root] = root, thread
}

func (t *threads) rootOf(thread string) (platforms.MessageID, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	root, ok := t.roots[thread]
	return root, ok
}

func (t *threads) nameOf(root platforms.MessageID) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	name, ok := t.byRoot[root]
	return name, ok
}

// of is the thread that a message started, "" when the message is gone.
func (t *threads) of(ctx context.Context, api *chat.Service, root platforms.MessageID) (string, error) {
	if name, ok := t.nameOf(root); ok {
		return name, nil
	}
	msg, err := api.Spaces.Messages.Get(string(root)).Fields("name,thread(name)").Context(ctx).Do()
	if err != nil {
		err = failed("read the thread's root", err)
		if platforms.KindOf(err) == platforms.NotFound {
			return "", nil
		}
		return "", err
	}
	if msg.Thread == nil {
		return "", nil
	}
	t.learn(root, msg.Thread.Name)
	return msg.Thread.Name, nil
}

// root is the message that started the thread msg stands in.
func (t *threads) root(ctx context.Context, api *chat.Service, room platforms.RoomID, msg *chat.Message) (platforms.MessageID, error) {
	id := platforms.MessageID(msg.Name)
	if msg.Thread == nil || msg.Thread.Name == "" {
		return id, nil // as with a deleted message, which says nothing of its thread
	}
	if !msg.ThreadReply {
		t.learn(id, msg.Thread.Name)
		return id, nil
	}
	if root, ok := t.rootOf(msg.Thread.Name); ok {
		return root, nil
	}
	first, err := api.Spaces.Messages.List(string(room)).Filter("thread.name = " + msg.Thread.Name).
		OrderBy("ASC").PageSize(1).ShowDeleted(true).Fields("messages(name)").Context(ctx).Do()
	if err != nil {
		return "", failed("find the thread's root", err)
	}
	if len(first.Messages) == 0 {
		return id, nil
	}
	root := platforms.MessageID(first.Messages[0].Name)
	t.learn(root, msg.Thread.Name)
	return root, nil
}
