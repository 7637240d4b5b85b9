"""The official `anthropic` package against a gateway."""

import anthropic
from checks import KEY, PROMPT, TOOL_PROMPT, URL, WEATHER, WRONG_KEY, check, run

client = anthropic.Anthropic(base_url=URL, api_key=KEY, max_retries=0)
MESSAGES = [{"role": "user", "content": PROMPT}]
TOOL = {"name": "get_weather", "description": "The weather of a city", "input_schema": WEATHER}


def seen(message, request_id):
    text = "".join(block.text for block in message.content if block.type == "text")
    return {"text": text, "request_id": request_id, "usage": [message.usage.input_tokens, message.usage.output_tokens]}


@check
def messages():
    message = client.messages.create(model="demo", max_tokens=100, messages=MESSAGES)
    return seen(message, message._request_id)


@check
def messages_stream_helper():
    with client.messages.stream(model="demo", max_tokens=100, messages=MESSAGES) as stream:
        text = "".join(stream.text_stream)
        message = stream.get_final_message()
        request_id = stream.response.headers["request-id"]
    assert text == message.content[0].text
    return seen(message, request_id)


@check
def tools():
    said = [{"role": "user", "content": TOOL_PROMPT}]
    asked = client.messages.create(model="demo", max_tokens=100, messages=said, tools=[TOOL])
    call = next(block for block in asked.content if block.type == "tool_use")
    result = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "sunny"}]}
    conversation = [*said, {"role": "assistant", "content": asked.content}, result]
    answered = client.messages.create(model="demo", max_tokens=100, messages=conversation, tools=[TOOL])
    return {"name": call.name, "input": call.input, "text": answered.content[0].text}


@check
def count_tokens():
    return {"tokens": client.messages.count_tokens(model="demo", messages=MESSAGES).input_tokens}


@check
def models():
    return {"ids": [model.id for model in client.models.list(limit=5)], "one": client.models.retrieve("demo").id}


def refused(error_class, ask):
    try:
        ask()
    except error_class as error:
        return {"status": error.status_code, "type": error.body["error"]["type"], "request_id": error.request_id}
    raise AssertionError("was not refused")


@check
def wrong_key():
    wrong = anthropic.Anthropic(base_url=URL, api_key=WRONG_KEY)
    return refused(anthropic.AuthenticationError, lambda: wrong.messages.create(model="demo", max_tokens=9, messages=MESSAGES))


@check
def unknown_model():
    return refused(anthropic.NotFoundError, lambda: client.messages.create(model="no-such-model", max_tokens=9, messages=MESSAGES))


run()
