"""The official `openai` package against a gateway."""

import openai
from checks import KEY, PROMPT, TOOL_PROMPT, URL, WEATHER, WRONG_KEY, check, run

client = openai.OpenAI(base_url=URL + "/v1", api_key=KEY, max_retries=0)
MESSAGES = [{"role": "user", "content": PROMPT}]
TOOL = {"type": "function", "function": {"name": "get_weather", "description": "The weather of a city", "parameters": WEATHER}}


def chat_usage(usage):
    return [usage.prompt_tokens, usage.completion_tokens]


@check
def chat():
    answer = client.chat.completions.create(model="demo", messages=MESSAGES)
    return {"text": answer.choices[0].message.content, "request_id": answer._request_id, "usage": chat_usage(answer.usage)}


@check
def chat_stream():
    raw = client.chat.completions.with_raw_response.create(
        model="demo", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
    )
    text, usage = "", None
    for chunk in raw.parse():
        text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        usage = chunk.usage or usage
    return {"text": text, "request_id": raw.headers["x-request-id"], "usage": chat_usage(usage)}


@check
def chat_stream_helper():
    with client.chat.completions.stream(model="demo", messages=MESSAGES, stream_options={"include_usage": True}) as stream:
        for _event in stream:
            pass
        answer = stream.get_final_completion()
    return {"text": answer.choices[0].message.content, "usage": chat_usage(answer.usage)}


@check
def chat_tools():
    said = [{"role": "user", "content": TOOL_PROMPT}]
    asked = client.chat.completions.create(model="demo", messages=said, tools=[TOOL])
    call = asked.choices[0].message.tool_calls[0]
    result = {"role": "tool", "tool_call_id": call.id, "content": "sunny"}
    answered = client.chat.completions.create(model="demo", messages=[*said, asked.choices[0].message, result], tools=[TOOL])
    return {"name": call.function.name, "arguments": call.function.arguments, "text": answered.choices[0].message.content}


@check
def responses():
    answer = client.responses.create(model="demo", input=PROMPT)
    return {
        "text": answer.output_text,
        "request_id": answer._request_id,
        "usage": [answer.usage.input_tokens, answer.usage.output_tokens],
    }


@check
def responses_stream_helper():
    with client.responses.stream(model="demo", input=PROMPT) as stream:
        for _event in stream:
            pass
        answer = stream.get_final_response()
    return {"text": answer.output_text, "usage": [answer.usage.input_tokens, answer.usage.output_tokens]}


@check
def completions():
    answer = client.completions.create(model="demo", prompt=PROMPT)
    return {"text": answer.choices[0].text, "request_id": answer._request_id, "usage": chat_usage(answer.usage)}


@check
def embeddings():
    answer = client.embeddings.create(model="demo-embedding", input=["a red boat", "a blue boat"], dimensions=16)
    return {
        "lengths": [len(row.embedding) for row in answer.data],
        "request_id": answer._request_id,
        "usage": [answer.usage.prompt_tokens, 0],
    }


@check
def models():
    return {"ids": [model.id for model in client.models.list()], "one": client.models.retrieve("demo").id}


def refused(error_class, ask):
    try:
        ask()
    except error_class as error:
        return {"status": error.status_code, "code": error.code, "param": error.param, "request_id": error.request_id}
    raise AssertionError("was not refused")


@check
def wrong_key():
    wrong = openai.OpenAI(base_url=URL + "/v1", api_key=WRONG_KEY)
    return refused(openai.AuthenticationError, lambda: wrong.chat.completions.create(model="demo", messages=MESSAGES))


@check
def unknown_model():
    return refused(openai.NotFoundError, lambda: client.chat.completions.create(model="no-such-model", messages=MESSAGES))


@check
def bad_messages():
    return refused(openai.BadRequestError, lambda: client.chat.completions.create(model="demo", messages="Ahoy"))


run()
