#!/usr/bin/env bash
# Prepares a Google Cloud project for Mio Hub. Run it in Cloud Shell:
#
#   bash miohub-google.sh
#
# It may be run again: what is there already stays as it is. It grants nobody
# access to anything of your organisation; that is done in the Admin Console.
set -euo pipefail

# What Mio Hub knows and what the features that are switched on need.
# @values@

NAME='mio-hub'
KEY_FILE="$HOME/mio-hub-key.json"
TOPIC='mio-hub-chat'
SUBSCRIPTION='mio-hub-chat-pull'
# Google Chat publishes as this account of its own.
PUBLISHER='serviceAccount:chat-api-push@system.gserviceaccount.com'

say() { printf '\n== %s\n' "$*"; }

ME=$(gcloud config get-value account 2>/dev/null)
if [ -z "$ME" ]; then
  printf 'Nobody is signed in. Run: gcloud auth login\n' >&2
  exit 1
fi

say "Project"
if [ -z "$PROJECT" ]; then
  PROJECT=$(gcloud projects list --filter='labels.app=mio-hub AND lifecycleState=ACTIVE' --format='value(projectId)' --limit=1)
fi
if [ -z "$PROJECT" ]; then
  PROJECT="mio-hub-$(od -An -N4 -tx1 /dev/urandom | tr -d ' \n')"
fi
if gcloud projects describe "$PROJECT" >/dev/null 2>&1; then
  printf 'using %s\n' "$PROJECT"
else
  gcloud projects create "$PROJECT" --name='Mio Hub' --labels='app=mio-hub'
fi

say "APIs"
gcloud services enable "${APIS[@]}" --project="$PROJECT"

say "Service account"
SA="$NAME@$PROJECT.iam.gserviceaccount.com"
if ! gcloud iam service-accounts describe "$SA" --project="$PROJECT" >/dev/null 2>&1; then
  gcloud iam service-accounts create "$NAME" --display-name='Mio Hub' --project="$PROJECT"
fi
# It may look at itself, to tell how old its key is.
gcloud iam service-accounts add-iam-policy-binding "$SA" --project="$PROJECT" \
  --member="serviceAccount:$SA" --role='roles/iam.serviceAccountViewer' --condition=None >/dev/null
CLIENT_ID=$(gcloud iam service-accounts describe "$SA" --project="$PROJECT" --format='value(uniqueId)')

let_me_sign() {
  gcloud iam service-accounts add-iam-policy-binding "$SA" --project="$PROJECT" \
    --member="user:$ME" --role='roles/iam.serviceAccountTokenCreator' --condition=None >/dev/null
}

KEY='none'
if [ "$KEYLESS" = 'yes' ]; then
  say "No key: $ME may have Google sign for the service account"
  gcloud services enable 'iamcredentials.googleapis.com' --project="$PROJECT"
  let_me_sign
elif [ -e "$KEY_FILE" ]; then
  say "Key"
  printf 'using %s, which is there already\n' "$KEY_FILE"
  KEY="$KEY_FILE"
else
  say "Key"
  SAID="$(mktemp)"
  if (umask 077 && gcloud iam service-accounts keys create "$KEY_FILE" --iam-account="$SA" --project="$PROJECT") 2>"$SAID"; then
    KEY="$KEY_FILE"
    rm -f "$SAID"
  elif ! grep -q 'disableServiceAccountKeyCreation\|Key creation is not allowed' "$SAID"; then
    cat "$SAID" >&2
    rm -f "$KEY_FILE" "$SAID"
    echo 'The key could not be made. Mend what is said above and run this again: what is there already stays.' >&2
    exit 1
  else
    rm -f "$KEY_FILE" "$SAID"
    KEY='forbidden'
    gcloud services enable 'iamcredentials.googleapis.com' --project="$PROJECT"
    let_me_sign
  fi
fi

if [ "$PUSH" = 'yes' ]; then
  say "Announcements"
  if ! gcloud pubsub topics describe "$TOPIC" --project="$PROJECT" >/dev/null 2>&1; then
    gcloud pubsub topics create "$TOPIC" --project="$PROJECT"
  fi
  gcloud pubsub topics add-iam-policy-binding "$TOPIC" --project="$PROJECT" \
    --member="$PUBLISHER" --role='roles/pubsub.publisher' >/dev/null
  if ! gcloud pubsub subscriptions describe "$SUBSCRIPTION" --project="$PROJECT" >/dev/null 2>&1; then
    gcloud pubsub subscriptions create "$SUBSCRIPTION" --topic="$TOPIC" --project="$PROJECT" \
      --ack-deadline=60 --message-retention-duration=7d --expiration-period=never
  fi
  gcloud pubsub subscriptions add-iam-policy-binding "$SUBSCRIPTION" --project="$PROJECT" \
    --member="serviceAccount:$SA" --role='roles/pubsub.subscriber' >/dev/null
fi

case "$KEY" in
  none) NEXT="Enter the service account and its client ID in Mio Hub." ;;
  forbidden) NEXT="Your organisation forbids keys, so none was made. In Mio Hub, switch on 'Delegation without a key file' and enter the service account and its client ID. Sign in there as $ME, who may sign for it now." ;;
  *)
    NEXT="Choose the file $KEY in Mio Hub, then delete it here and wherever you downloaded it to."
    if command -v cloudshell >/dev/null 2>&1; then
      cloudshell download "$KEY" || true
    fi
    ;;
esac

cat <<EOF

== Done. For Mio Hub:

  Cloud project      $PROJECT
  Service account    $SA
  Client ID          $CLIENT_ID
EOF
if [ "$PUSH" = 'yes' ]; then
  cat <<EOF
  Pub/Sub topic      projects/$PROJECT/topics/$TOPIC
  Pub/Sub subscription  projects/$PROJECT/subscriptions/$SUBSCRIPTION
EOF
fi
cat <<EOF

$NEXT

== By hand, for Google offers no way to script it:

1. The app's name and audience. Choose the audience Internal.
   https://console.cloud.google.com/auth/overview?project=$PROJECT

2. An OAuth client of type Desktop app. Download its JSON file and choose it in Mio Hub.
   https://console.cloud.google.com/auth/clients?project=$PROJECT

3. The Chat app. Untick "Build this Chat app as a Workspace add-on": that choice cannot be
   undone later. Give it a name, an avatar and a description; leave interactive features off; press Save.
   https://console.cloud.google.com/apis/api/chat.googleapis.com/hangouts-chat?project=$PROJECT
EOF
