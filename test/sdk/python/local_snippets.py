"""What the documentation of gateways without keys shows: a dummy key, or none."""

import anthropic
import openai
import requests
from checks import URL, check, run

MODEL = "claude-3-5-sonnet-20241022"
SAID = [{"role": "user", "content": "Ahoy"}]


@check
def openai_with_a_dummy_key():
    texts = []
    for base in [URL + "/v1", URL + "/openai/v1"]:
        client = openai.OpenAI(base_url=base, api_key="dummy")
        texts.append(client.chat.completions.create(model=MODEL, messages=SAID).choices[0].message.content)
    return {"texts": texts}


@check
def anthropic_with_a_dummy_key():
    client = anthropic.Anthropic(base_url=URL, api_key="dummy")
    return {"texts": [client.messages.create(model=MODEL, max_tokens=1000, messages=SAID).content[0].text]}


@check
def requests_without_a_key():
    answer = requests.post(URL + "/v1/chat/completions", json={"model": MODEL, "messages": SAID}, timeout=60)
    return {"texts": [answer.json()["choices"][0]["message"]["content"]]}


run()
